import CCommunication
import Foundation

/// Processes that work on one run together, and this one's place among them. One process alone is a group, too.
///
/// All processes must call the same functions in the same order. One that fails ends all with one line on standard error,
/// because the others would wait for it.
public final class ProcessGroup: Sendable {
    /// This process's number, from 0.
    public let rank: Int
    /// How many processes there are.
    public let count: Int

    private init(rank: Int, count: Int) {
        self.rank = rank
        self.count = count
    }

    /// This process alone.
    public static let single = ProcessGroup(rank: 0, count: 1)

    /// The processes that `mpirun` or a scheduler started together, or this one alone.
    ///
    /// - Throws: `CommunicationError` if there are several and Open MPI cannot be used.
    public static func start() throws -> ProcessGroup {
        let environment = ProcessInfo.processInfo.environment
        let size = environment["OMPI_COMM_WORLD_SIZE"].flatMap { Int($0) }
        // Slurm starts processes by PMIx without Open MPI's variables.
        let isStarted = size.map { $0 > 1 } ?? (environment["PMIX_RANK"] != nil)
        guard isStarted else { return single }
        guard comm_is_built() == 1 else { throw CommunicationError.notBuilt }
        var rank: Int32 = 0
        var count: Int32 = 1
        let status = comm_start(&rank, &count)
        guard status == 0 else { throw CommunicationError.failed("MPI_Init", code: Int(status)) }
        return ProcessGroup(rank: Int(rank), count: Int(count))
    }

    /// Whether this process writes what is written once.
    public var isFirst: Bool { rank == 0 }

    /// Adds numbers of all processes up, element by element, in place.
    public func sum(_ values: UnsafeMutableBufferPointer<Float>) {
        if count == 1 { return }
        require(comm_sum_floats(values.baseAddress, Int64(values.count)), "summing")
    }

    /// Adds numbers of all processes up, element by element.
    public func sum(_ values: [Double]) -> [Double] {
        if count == 1 { return values }
        var values = values
        let status = values.withUnsafeMutableBufferPointer { comm_sum_doubles($0.baseAddress, Int64($0.count)) }
        require(status, "summing")
        return values
    }

    /// Begins to add numbers of all processes up, element by element, beside what this process does meanwhile. All must begin
    /// the same sums in the same order.
    public func beginSum(_ values: [Float]) -> PendingSum {
        PendingSum(values, in: count == 1 ? nil : Self.besides) { values in
            self.require(comm_sum_floats_beside(values.baseAddress, Int64(values.count)), "summing")
        }
    }

    private static let besides = DispatchQueue(label: "sums of processes")

    /// The elements of all processes, equally many each, in the order of their numbers.
    public func gather<Element: BitwiseCopyable>(_ own: UnsafeBufferPointer<Element>) -> [Element] {
        if count == 1 { return Array(own) }
        let total = own.count * count
        return [Element](unsafeUninitializedCapacity: total) { all, initialized in
            let byteCount = Int64(own.count * MemoryLayout<Element>.stride)
            require(comm_gather(own.baseAddress, all.baseAddress, byteCount), "gathering")
            initialized = total
        }
    }

    /// Waits until all processes have come here.
    public func waitForAll() {
        if count > 1 { require(comm_wait_for_all(), "waiting") }
    }

    /// Ends all processes with an exit code; does nothing where this one is alone.
    public func abort(code: Int32) {
        if count > 1 { comm_abort(code) }
    }

    /// Leaves the group; nothing else may follow.
    public func finish() {
        if count > 1 { _ = comm_finish() }
    }

    /// Ends all processes if an operation failed: the others would wait for ever.
    private func require(_ status: Int32, _ what: String) {
        if status == 0 { return }
        let error = CommunicationError.failed(what, code: Int(status))
        FileHandle.standardError.write(Data("process \(rank): \(error)\n".utf8))
        comm_abort(1)
        exit(1)
    }
}
