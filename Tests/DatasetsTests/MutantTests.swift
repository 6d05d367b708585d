import Datasets
import Foundation
import Testing

/// Small files of each format with seeded damage, opened and read in a child process of limited memory: each is read or
/// refused with an error that names the file, and nothing traps.
///
/// A format gets 15 seconds, or as many files as the environment variable BLIP_SOAK says.
@Suite(.serialized) struct MutantTests {
    @Test func damagedListsAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            let records = (0..<40).map {
                #"{"image": "\#($0 % 7).png", "caption": "say \"\#($0)\" {é\n}", "image_id": \#($0)}"#
            }
            try Mutants(of: Array("[\(records.joined(separator: ",\n"))]".utf8), named: "list.json").run {
                try AnnotatedCaptions(contentsOf: $0, imagesIn: $0.deletingLastPathComponent())
            }
        }
    }

    @Test func damagedTablesAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            let rows = (0..<20).map { "\($0).png,\"say \"\"\($0)\"\",\nthen é\",\($0)\r\n" }
            try Mutants(of: Array("image,caption,id\r\n\(rows.joined())".utf8), named: "list.csv").run {
                try TableCaptions(contentsOf: $0, imagesIn: $0.deletingLastPathComponent())
            }
        }
    }

    @Test func damagedShardsAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            let shard = try Data(contentsOf: fixture("pax.tar"))
            try Mutants(of: Array(shard), named: "shard.tar").run { try WebDatasetCaptions($0.path) }
        }
    }
}

private func fixture(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)")
}

/// Damages a file again and again.
private final class Mutants {
    private let original: [UInt8]
    private let name: String
    private var random: TestRandom

    init(of bytes: [UInt8], named name: String) {
        original = bytes
        self.name = name
        random = TestRandom(state: ProcessInfo.processInfo.environment["BLIP_SEED"].flatMap { UInt64($0) } ?? 11)
    }

    func run(open: (URL) throws -> any CaptionSource) throws {
        var limit = rlimit(rlim_cur: 2 << 30, rlim_max: 2 << 30)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        let wanted = ProcessInfo.processInfo.environment["BLIP_SOAK"].flatMap { Int($0) }
        let began = ContinuousClock.now
        let scratch = try ScratchFolder()
        var (count, opened) = (0, 0)
        while wanted.map({ count < $0 }) ?? (ContinuousClock.now - began < .seconds(15)) {
            let file = try scratch.write(mutant(), name)
            count += 1
            do {
                let source = try open(file)
                opened += 1
                for number in 0..<min(source.count, 50) { use(source, number, file) }
            } catch {
                precondition("\(error)".contains(file.path), "an error without the file: \(error)")
            }
        }
        print("\(name): \(count) mutants, \(opened) opened")
        precondition(opened > 0 && opened < count, "\(opened) of \(count) mutants opened")
    }

    private func use(_ source: any CaptionSource, _ number: Int, _ file: URL) {
        do {
            _ = try source.sample(number).picture.decode()
        } catch {
            precondition(
                "\(error)".contains(file.deletingLastPathComponent().path), "an error without the file: \(error)")
        }
    }

    private func mutant() -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty { damage(&bytes) }
        return bytes
    }

    private func damage(_ bytes: inout [UInt8]) {
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(place..<min(place + Int.random(in: 1...12, using: &random), bytes.count))
        case 3: bytes.insert(contentsOf: bytes[..<place].suffix(Int.random(in: 1...40, using: &random)), at: place)
        case 4: bytes.removeSubrange(place...)
        default: bytes[place] = Array("{}[]\",\\\n0987".utf8).randomElement(using: &random) ?? 0
        }
    }
}
