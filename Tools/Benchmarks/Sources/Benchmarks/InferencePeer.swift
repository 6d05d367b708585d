import ArgumentParser
import Tensors

extension BenchmarkOptions {
    /// PyTorch with transformers, in the type that it has nearest to a storage type; nil without a Python.
    func inferencePeer(_ what: String, _ format: WeightFormat) throws -> Peer? {
        let type = format == .float32 ? format : .bfloat16
        return try interpreter.map {
            try Peer("inference.py", interpreter: $0, arguments: ["\(ThreadPool.threadCount)", type.rawValue, what])
        }
    }
}

/// Memory that is read as fast as it can be, to know what bounds a product of few rows at this moment.
struct MemoryReading {
    private let numbers = Tensor(repeating: 1, shape: [256 << 20])

    /// Bytes.
    var byteCount: Int { 4 * numbers.count }

    /// Seconds of reading all of it.
    func seconds() -> Double { meanSeconds(over: 0.2) { _ = numbers.sum().scalar } }
}

extension WeightFormat: @retroactive ExpressibleByArgument {}
