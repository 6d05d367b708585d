import Checkpoints
import Foundation
import TestSupport
import Testing

/// Small files of each format with seeded damage, read in a child process of limited memory: each is read or refused,
/// nothing traps, and memory does not follow what they declare.
@Suite(.serialized) struct MutantTests {
    @Test func damagedSafetensorsAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            let header =
                #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
                + #""b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"#
                + #""c":{"dtype":"I64","shape":[1],"data_offsets":[32,40]}}"#
            let original = safetensors(header, data: 40)
            let mutants = Mutants("safetensors")
            mutants.run { _ in
                let bytes = mutants.mutant(of: original)
                guard let header = bytes.withUnsafeBytes({ try? SafetensorsHeader($0, file: "mutant") }) else {
                    return false
                }
                precondition(header.entries.allSatisfy { $0.range.upperBound <= bytes.count })
                precondition(header.entries.reduce(0) { $0 + $1.range.count } <= bytes.count)
                return true
            }
        }
    }
}
