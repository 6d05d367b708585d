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

    @Test func damagedInt8MatricesAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            let header =
                #"{"m_outlier_columns":{"dtype":"I32","shape":[2],"data_offsets":[0,8]},"#
                + #""m_scale":{"dtype":"F32","shape":[3],"data_offsets":[8,20]},"#
                + #""m_outliers":{"dtype":"BF16","shape":[3,2],"data_offsets":[20,32]},"#
                + #""m":{"dtype":"I8","shape":[3,9],"data_offsets":[32,59]}}"#
            var original = safetensors(header, data: 59)
            let columns = original.count - 59
            for place in 0..<8 { original[columns + place] = [1, 0, 0, 0, 7, 0, 0, 0][place] }
            let folder = try TemporaryFolder()
            let mutants = Mutants("int8")
            try mutants.run { _ in
                // Half of the damage to the numbers themselves.
                let url =
                    mutants.flip()
                    ? try folder.write(mutants.mutant(of: original), "mutant.safetensors")
                    : try folder.write(
                        original.prefix(columns) + mutants.mutant(of: Array(original.suffix(59))), "mutant.safetensors")
                do {
                    let checkpoint = Int8Checkpoint(try SafetensorsFile(contentsOf: url))
                    guard let weights = try checkpoint.storage(named: "m") else { return false }
                    let dense = weights.dense()
                    precondition(dense.shape == checkpoint.shape(of: "m"))
                    return true
                } catch {
                    precondition("\(error)".contains(url.path), "an error without the file: \(error)")
                    return false
                }
            }
        }
    }

    @Test func damagedPyTorchFilesAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            let storage = [UInt8](repeating: 7, count: 64)
            let tensors = TestPickle.dictionary(
                ("a", TestPickle.tensor(TestPickle.storage("0", count: 16), [2, 3], strides: [3, 1])),
                ("b", TestPickle.tensor(TestPickle.storage("0", count: 16), offset: 3, [3, 2], strides: [1, 4])),
                ("c", TestPickle.tensor(TestPickle.storage("1", "LongStorage", count: 8), [8], strides: [1])))
            let pickle = (TestPickle() + TestPickle.dictionary(("model", tensors), ("epoch", TestPickle.number(3))))
                .ended
            let storages = [(key: "0", bytes: storage), (key: "1", bytes: storage)]
            let folder = try TemporaryFolder()
            let mutants = Mutants("PyTorch")
            try mutants.run { _ in
                // Damage to the pickle itself, whose checksum is right again, or to the archive around it.
                let bytes =
                    mutants.flip()
                    ? TestArchive.checkpoint(mutants.mutant(of: pickle), storages: storages)
                    : mutants.mutant(of: TestArchive.checkpoint(pickle, storages: storages))
                let url = try folder.write(bytes, "mutant.pth")
                do {
                    let file = try PyTorchFile(contentsOf: url)
                    for name in file.names {
                        let count = file.shape(of: name)?.count
                        if let tensor = try? file.tensor(named: name) { precondition(tensor.scalars.count == count) }
                        if let numbers = try? file.indexTensor(named: name) {
                            precondition(numbers.scalars.count == count)
                        }
                    }
                    return true
                } catch {
                    precondition("\(error)".contains(url.path), "an error without the file: \(error)")
                    return false
                }
            }
        }
    }
}
