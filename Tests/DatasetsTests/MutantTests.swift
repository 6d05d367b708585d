import Datasets
import Foundation
import TestSupport
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
            let list = Array("[\(records.joined(separator: ",\n"))]".utf8)
            try openMutants(of: list, named: "list.json") {
                try AnnotatedCaptions(contentsOf: $0, imagesIn: $0.deletingLastPathComponent())
            }
        }
    }

    @Test func damagedTablesAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            let rows = (0..<20).map { "\($0).png,\"say \"\"\($0)\"\",\nthen é\",\($0)\r\n" }
            try openMutants(of: Array("image,caption,id\r\n\(rows.joined())".utf8), named: "list.csv") {
                try TableCaptions(contentsOf: $0, imagesIn: $0.deletingLastPathComponent())
            }
        }
    }

    @Test func damagedShardsAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            let shard = try Data(contentsOf: fixture("pax.tar"))
            try openMutants(of: Array(shard), named: "shard.tar") { try WebDatasetCaptions($0.path) }
        }
    }
}

private func fixture(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)")
}

/// Opens damaged copies of a file and takes the first samples of those that open.
private func openMutants(of original: [UInt8], named name: String, open: (URL) throws -> any CaptionSource) throws {
    let mutants = Mutants(name)
    let folder = try TemporaryFolder()
    try mutants.run { _ in
        let file = try folder.write(mutants.mutant(of: original), name)
        guard let source = opened(file, open) else { return false }
        for number in 0..<min(source.count, 50) { use(source, number, in: folder) }
        return true
    }
}

private func opened(_ file: URL, _ open: (URL) throws -> any CaptionSource) -> (any CaptionSource)? {
    do {
        return try open(file)
    } catch {
        precondition("\(error)".contains(file.path), "an error without the file: \(error)")
        return nil
    }
}

private func use(_ source: any CaptionSource, _ number: Int, in folder: TemporaryFolder) {
    do {
        _ = try source.sample(number).picture.decode()
    } catch {
        precondition("\(error)".contains(folder.url.path), "an error without the file: \(error)")
    }
}
