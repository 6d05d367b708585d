import Checkpoints
import Foundation
import Tensors
import Testing

@Suite struct MutantTests {
    /// Files with random damage are read or refused; nothing traps, and memory does not follow what they declare.
    @Test func survivesDamagedFiles() throws {
        let header =
            #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
            + #""b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"c":{"dtype":"I64","shape":[1],"data_offsets":[32,40]}}"#
        let original = safetensors(header, data: 40)
        var random = TestRandom(state: 42)
        var accepted = 0
        let before = peakMemory()
        for _ in 0..<20_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) { damage(&bytes, &random) }
            guard let header = bytes.withUnsafeBytes({ try? SafetensorsHeader($0, file: "mutant") }) else { continue }
            accepted += 1
            let covered = header.entries.reduce(0) { $0 + $1.range.count }
            #expect(header.entries.allSatisfy { $0.range.upperBound <= bytes.count } && covered <= bytes.count)
        }
        #expect(accepted > 100 && accepted < 20_000)
        #expect(peakMemory() - before < 64 << 20)
    }

    private func damage(_ bytes: inout [UInt8], _ random: inout TestRandom) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(place..<min(place + Int.random(in: 1...12, using: &random), bytes.count))
        case 3: bytes.insert(contentsOf: bytes[..<place].suffix(20), at: place)
        case 4:
            bytes[Int.random(in: 0..<min(8, bytes.count), using: &random)] = UInt8.random(in: 0...255, using: &random)
        default:
            // Numbers that overflow where they are multiplied or added.
            let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
            guard let digit = digits.randomElement(using: &random) else { return }
            let large = ["9223372036854775807", "4294967296", "-1", "0", "18446744073709551616", "1e9"]
            bytes.replaceSubrange(digit...digit, with: Array((large.randomElement(using: &random) ?? "").utf8))
        }
    }

    private func peakMemory() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}
