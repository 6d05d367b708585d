import ArgumentParser
import CCeilings
import Foundation
import Tensors

/// What every benchmark may be told.
struct BenchmarkOptions: ParsableArguments {
    @Option(help: "Threads of both sides; by default all processors.")
    var threads: Int?

    @Option(help: "A Python with torch, to run PyTorch beside; by default the environment variable PYTHON.")
    var python: String?

    @Option(help: "Rounds of which medians are taken.")
    var rounds = 7

    mutating func validate() throws {
        try requirePositive(["--threads": threads ?? 1, "--rounds": rounds])
    }

    /// The medians of sides that take turns, each after one time that is not counted.
    func medians(_ sides: [Side]) throws -> [Double] {
        for side in sides { _ = try side() }
        return try takingTurns(rounds: rounds, sides)
    }

    /// The same options as arguments of another command.
    var arguments: [String] {
        (threads.map { ["--threads", "\($0)"] } ?? []) + (python.map { ["--python", $0] } ?? [])
            + ["--rounds", "\(rounds)"]
    }

    /// The Python to run peers with, or nil.
    var interpreter: String? {
        let path = python ?? ProcessInfo.processInfo.environment["PYTHON"] ?? ""
        return path.isEmpty ? nil : path
    }

    /// Sets the threads, and prints what the machine is and what it can do at this moment.
    func begin(_ title: String) -> Ceilings {
        if let threads { ThreadPool.threadCount = threads }
        let ceilings = Ceilings(threads: ThreadPool.threadCount)
        print("\n## \(title)\n\n\(ceilings.description)\n")
        return ceilings
    }
}

/// Refuses counts below 1, each by its option.
func requirePositive(_ counts: KeyValuePairs<String, Int>) throws {
    for (option, count) in counts where count < 1 {
        throw ValidationError("\(option) is \(count), wanted at least 1")
    }
}

/// What the machine can do at best, measured.
struct Ceilings: CustomStringConvertible {
    let threads: Int
    /// Float32 multiply-adds in registers, in operations a second: on one thread, and on all together.
    let singleRate: Double
    let rate: Double
    /// The same of dot products of bfloat16 and of 8-bit numbers; 0 on processors without such instructions.
    private let bfloat16Rate: Double
    private let int8Rate: Double
    /// Bytes read and written a second by a copy of memory on all threads.
    let copyRate: Double

    init(threads: Int) {
        self.threads = threads
        singleRate = median((0..<3).map { _ in ceiling_multiply_add_rate(1) })
        rate = median((0..<3).map { _ in ceiling_multiply_add_rate(Int32(threads)) })
        bfloat16Rate = median((0..<3).map { _ in ceiling_bfloat16_rate(Int32(threads)) })
        int8Rate = median((0..<3).map { _ in ceiling_int8_rate(Int32(threads)) })
        let copy = CopyBuffer(byteCount: 128 << 20)
        copyRate = 2 * Double(copy.byteCount) / median((0..<9).map { _ in copy.seconds(threads: threads) })
    }

    /// Operations a second of products with matrices in a storage type, all threads together.
    func rate(of format: WeightFormat) -> Double {
        switch format {
        case .float32, .float16: rate
        case .bfloat16: max(rate, bfloat16Rate)
        case .int8: max(rate, bfloat16Rate, int8Rate)
        }
    }

    /// The rates of narrower types, where the processor has some.
    private var narrowRates: String {
        [("bfloat16", bfloat16Rate), ("int8", int8Rate)].filter { $0.1 > 0 }
            .map { "; dot products of \($0.0) \(gigas($0.1)) GOP/s" }.joined()
    }

    var description: String {
        """
        \(processorName), \(threads) of \(ProcessInfo.processInfo.activeProcessorCount) threads; kernels for \
        \(KernelVariant.current.rawValue), OpenBLAS \(String(cString: ceiling_blas_name())). Measured now: float32 \
        multiply-adds \(gigas(singleRate)) GFLOP/s on one thread, \(gigas(rate)) on \(threads)\(narrowRates); copy of memory \
        \(gigas(copyRate)) GB/s read and written.
        """
    }

    private var processorName: String {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "Unknown processor"
    }
}

/// Two stretches of memory on large pages where the system has them, as tensors are.
final class CopyBuffer {
    let byteCount: Int
    private let source: Tensor
    private let target: Tensor

    init(byteCount: Int) {
        self.byteCount = byteCount
        source = Tensor(repeating: 1, shape: [byteCount / 4])
        target = Tensor(repeating: 2, shape: [byteCount / 4])
    }

    /// Seconds of a copy of the first `bytes`, or of all.
    func seconds(threads: Int, bytes: Int? = nil) -> Double {
        source.withBytes { source in
            target.withBytes { target in
                ceiling_copy_seconds(
                    Int32(threads), source.baseAddress, UnsafeMutableRawPointer(mutating: target.baseAddress),
                    Int64(min(bytes ?? byteCount, byteCount)))
            }
        }
    }
}
