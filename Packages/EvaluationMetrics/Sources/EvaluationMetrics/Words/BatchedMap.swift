import Dispatch
import Synchronization

/// Maps values on other processors, some at a time and in order, while the caller still produces more of them.
final class BatchedMap<Value: Sendable, Output: Sendable> {
    private let transform: @Sendable (Value) throws -> Output
    private var batch: [Value] = []
    private var batchCount = 0
    private let outputs = Outputs()
    private let group = DispatchGroup()
    /// Bounds how many batches wait, and with them the memory that they hold.
    private let room = DispatchSemaphore(value: 8)

    private static var batchSize: Int { 1024 }

    private final class Outputs: Sendable {
        let batches = Mutex<[Int: Result<[Output], any Error>]>([:])
    }

    init(_ transform: @escaping @Sendable (Value) throws -> Output) { self.transform = transform }

    /// What is under way still uses libraries that are torn down when a program ends.
    deinit { group.wait() }

    /// Takes the next value.
    func append(_ value: Value) {
        batch.append(value)
        if batch.count == Self.batchSize { send() }
    }

    /// What all values gave; throws the error of the first that gave one.
    func finish() throws -> [Output] {
        send()
        group.wait()
        let batches = outputs.batches.withLock { $0 }
        return try (0..<batchCount).flatMap { try batches[$0]?.get() ?? [] }
    }

    private func send() {
        let (number, values) = (batchCount, batch)
        batchCount += 1
        batch = []
        room.wait()
        DispatchQueue.global().async(group: group) { [transform, outputs, room] in
            let result = Result { try values.map(transform) }
            outputs.batches.withLock { $0[number] = result }
            room.signal()
        }
    }
}
