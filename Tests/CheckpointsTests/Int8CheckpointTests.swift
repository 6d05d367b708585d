import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// Matrices in int8 come back from their files as they were written; what is wrong with them is said.
struct Int8CheckpointTests {
    private let scratch: TemporaryFolder
    private let weights: Int8Weights

    init() throws {
        scratch = try TemporaryFolder()
        var matrix = noise([6, 70], seed: 1)
        matrix.withMutableScalars { scalars in
            for row in 0..<6 { for column in [5, 41] { scalars[row * 70 + column] *= 100 } }
        }
        weights = Int8Weights(rounding: matrix)
    }

    /// A tensor of the file.
    private struct Part {
        var name: String
        var type: StoredType
        var shape: Shape
        var bytes: [UInt8]

        init<Element: BitwiseCopyable>(_ name: String, _ type: StoredType, _ shape: Shape, _ elements: [Element]) {
            (self.name, self.type, self.shape) = (name, type, shape)
            bytes = elements.withUnsafeBytes { Array($0) }
        }
    }

    /// A matrix `m`, and a tensor `t` that is none.
    private var parts: [Part] {
        [
            Part("m_outlier_columns", .int32, [2], weights.outlierColumns),
            Part("m_scale", .float32, [6], weights.scales.scalars),
            Part("m_outliers", .bfloat16, [6, 2], weights.outliers?.withBytes { Array($0) } ?? []),
            Part("m", .int8, [6, 70], weights.levels.withBytes { Array($0) }),
            Part("t", .float32, [1], [2 as Float]),
        ]
    }

    private func write(_ parts: [Part]) throws -> URL {
        let url = scratch.file("model.safetensors")
        let writer = try SafetensorsWriter(
            to: url, entries: parts.map { SafetensorsWriter.Entry($0.name, $0.type, $0.shape) })
        for part in parts { try part.bytes.withUnsafeBytes { try writer.append(bytes: $0) } }
        try writer.finish()
        return url
    }

    private func open(_ parts: [Part]) throws -> Int8Checkpoint { Int8Checkpoint(try Checkpoint.open(write(parts))) }

    @Test func matricesComeBackUnderOneName() throws {
        let checkpoint = try open(parts)
        #expect(checkpoint.names == ["m", "t"])
        #expect(checkpoint.shape(of: "m") == [6, 70] && checkpoint.type(of: "m") == .int8)
        #expect(checkpoint.byteCount(of: "m") == weights.byteCount && checkpoint.byteCount(of: "t") == 4)
        let read = try #require(try checkpoint.storage(named: "m") as? Int8Weights)
        #expect(read.levels.withBytes { Array($0) } == weights.levels.withBytes { Array($0) })
        #expect(read.outlierColumns == [5, 41])
        expectSameBits(read.dense(), weights.dense())
        expectSameBits(try checkpoint.tensor(named: "m"), weights.dense())
        #expect(try checkpoint.storage(named: "t") == nil && checkpoint.tensor(named: "t").scalar == 2)
    }

    @Test func matricesWithoutOutliersHaveScalesAlone() throws {
        let checkpoint = try open(parts.filter { !$0.name.hasPrefix("m_outlier") })
        let read = try #require(try checkpoint.storage(named: "m") as? Int8Weights)
        #expect(read.outliers == nil && read.byteCount == 6 * 70 + 4 * 6)
    }

    private static let flaws: [(key: String, change: @Sendable (inout [Part]) -> Void, problem: String)] = [
        ("m", { $0[3] = Part("m", .int8, [420], $0[3].bytes) }, "has shape [420], and int8 weights are matrices"),
        ("m", { $0[3] = Part("m", .int8, [6, 70, 1], $0[3].bytes) }, "has shape [6, 70, 1], and int8 weights are"),
        ("m_scale", { $0.remove(at: 1) }, "is missing, and m is of int8"),
        (
            "m_scale", { $0[1] = Part("m_scale", .float32, [5], [Float](repeating: 1, count: 5)) },
            "is F32 [5], wanted F32 [6]"
        ),
        (
            "m_scale", { $0[1] = Part("m_scale", .float16, [6], [UInt16](repeating: 1, count: 6)) },
            "is F16 [6], wanted F32 [6]"
        ),
        (
            "m_scale", { $0[1] = Part("m_scale", .float32, [6], [1, 1, .nan, 1, 1, 1] as [Float]) },
            "holds nan for row 2"
        ),
        ("m_scale", { $0[1] = Part("m_scale", .float32, [6], [1, 1, 1, 1, .infinity, 1] as [Float]) }, "holds inf"),
        (
            "m_scale", { $0[1] = Part("m_scale", .float32, [6], [-1, 1, 1, 1, 1, 1] as [Float]) },
            "holds -1.0 for row 0"
        ),
        ("m_outlier_columns", { $0.remove(at: 0) }, "is missing, wanted a column number for each column of m_outliers"),
        ("m_outlier_columns", { $0[0] = Part("m_outlier_columns", .int32, [0], [Int32]()) }, "has shape [0], wanted"),
        ("m_outlier_columns", { $0[0] = Part("m_outlier_columns", .int32, [2], [5, 70] as [Int32]) }, "holds 70 at 1"),
        ("m_outlier_columns", { $0[0] = Part("m_outlier_columns", .int32, [2], [-1, 5] as [Int32]) }, "holds -1 at 0"),
        ("m_outlier_columns", { $0[0] = Part("m_outlier_columns", .int32, [2], [5, 5] as [Int32]) }, "holds 5 at 1"),
        (
            "m_outlier_columns", { $0[0] = Part("m_outlier_columns", .int64, [2], [5, 41] as [Int64]) },
            "is I64 [2], wanted I32 [2]"
        ),
        ("m_outliers", { $0.remove(at: 2) }, "is missing, and m is of int8"),
        (
            "m_outliers", { $0[2] = Part("m_outliers", .bfloat16, [2, 6], $0[2].bytes) },
            "is BF16 [2, 6], wanted BF16 [6, 2]"
        ),
    ]

    @Test(arguments: flaws.indices) func oneErrorNamesTheTensorAndWhatIsWanted(_ index: Int) throws {
        let (key, change, problem) = Self.flaws[index]
        var parts = parts
        change(&parts)
        let checkpoint = try open(parts)
        let text = message { try checkpoint.storage(named: "m") }
        #expect(text.hasPrefix("\(scratch.file("model.safetensors").path): tensor \(key): \(problem)"), "\(text)")
        #expect(message { try checkpoint.tensor(named: "m") } == text)
        #expect(try checkpoint.tensor(named: "t").scalar == 2)
    }

    /// A matrix without elements may declare any width.
    @Test func aWidthBeyondAllNumbersOfColumnsIsRefused() throws {
        let checkpoint = try open([
            Part("m", .int8, [0, 1 << 40], [Int8]()), Part("m_scale", .float32, [0], [Float]()),
        ])
        #expect(message { try checkpoint.storage(named: "m") }.contains("has shape [0, 1099511627776]"))
    }

    /// What seems to belong to a matrix that there is none of is left to the strict loader.
    @Test func scalesWithoutTheirMatrixAreSeen() throws {
        #expect(try open(parts.filter { $0.name != "m" }).names == ["m_outlier_columns", "m_scale", "m_outliers", "t"])
    }
}
