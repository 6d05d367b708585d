import Foundation

/// Makes numbered items on threads of its own, ahead of the one that takes them, and hands them over in order. What an
/// item is depends on its number alone, so the number of threads changes nothing but speed.
public final class Prefetcher<Item: Sendable>: Sendable {
    private let line: AssemblyLine<Item>

    /// Threads begin to make items when the first is taken.
    ///
    /// - Parameters:
    ///   - threadCount: threads that make items; with 0 they are made when they are taken
    ///   - limit: items that are made or being made ahead, at the most
    ///   - make: makes the item of a number; called on any thread
    public init(threadCount: Int, limit: Int, make: @escaping @Sendable (Int) throws -> Item) {
        precondition(threadCount >= 0 && limit > 0, "\(threadCount) threads, \(limit) items ahead")
        line = AssemblyLine(threadCount: threadCount, limit: limit, make: make)
    }

    /// Waits for what is in the making: a thread still at work when the program ends would meet libraries that are being
    /// torn down.
    deinit { line.stop() }

    /// The item of a number; waits until it is made. After the number `n`, `n + 1` is expected; another one begins anew
    /// there. Throws what making it threw.
    public func item(_ number: Int) throws -> Item { try line.take(number).get() }

    /// What the threads have done since this was last asked.
    public func takeStatistics() -> LoadingStatistics { line.takeStatistics() }
}

/// What the threads of a loader have done.
public struct LoadingStatistics: Hashable, Sendable {
    /// Items that were made.
    public var itemCount = 0
    /// Processor time that making them took, in seconds.
    public var processorSeconds = 0.0
    /// Items that were not ready when they were wanted, the very first apart.
    public var lateCount = 0
    /// How long they were waited for, in seconds.
    public var waitSeconds = 0.0
}

/// What the threads share.
private final class AssemblyLine<Item: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let threadCount: Int
    private let limit: Int
    private let make: @Sendable (Int) throws -> Item
    // All of these are read and written under the condition's lock.
    private var wanted = 0
    private var next = 0
    private var generation = 0
    private var ready: [Int: Result<Item, any Error>] = [:]
    private var statistics = LoadingStatistics()
    private var isStarted = false
    private var isStopped = false
    private var runningCount = 0

    init(threadCount: Int, limit: Int, make: @escaping @Sendable (Int) throws -> Item) {
        self.threadCount = threadCount
        self.limit = limit
        self.make = make
    }

    /// Returns when the last thread has gone.
    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
            while runningCount > 0 { condition.wait() }
        }
    }

    func takeStatistics() -> LoadingStatistics {
        condition.withLock {
            defer { statistics = LoadingStatistics() }
            return statistics
        }
    }

    func take(_ number: Int) -> Result<Item, any Error> {
        if threadCount == 0 { return makeHere(number) }
        return condition.withLock {
            let isFirst = !isStarted || number != wanted
            if isFirst { begin(at: number) }
            let began = ContinuousClock.now
            let isReady = ready[number] != nil
            while true {
                if let result = ready.removeValue(forKey: number) {
                    if !isReady && !isFirst {
                        statistics.lateCount += 1
                        statistics.waitSeconds += (ContinuousClock.now - began) / .seconds(1)
                    }
                    wanted = number + 1
                    condition.broadcast()
                    return result
                }
                condition.wait()
            }
        }
    }

    private func makeHere(_ number: Int) -> Result<Item, any Error> {
        let began = ContinuousClock.now
        let (result, seconds) = timed(number)
        condition.withLock {
            statistics.itemCount += 1
            statistics.processorSeconds += seconds
            statistics.lateCount += 1
            statistics.waitSeconds += (ContinuousClock.now - began) / .seconds(1)
        }
        return result
    }

    /// Under the lock: what was made for other numbers is dropped.
    private func begin(at number: Int) {
        generation += 1
        ready = [:]
        wanted = number
        next = number
        condition.broadcast()
        guard !isStarted else { return }
        isStarted = true
        runningCount = threadCount
        for index in 0..<threadCount {
            let thread = Thread { self.work() }
            thread.name = "loader \(index)"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private func work() {
        yieldToTraining()
        condition.lock()
        defer {
            runningCount -= 1
            condition.broadcast()
            condition.unlock()
        }
        while !isStopped {
            guard next < wanted + limit else {
                condition.wait()
                continue
            }
            let (number, generation) = (next, generation)
            next += 1
            condition.unlock()
            let (result, seconds) = timed(number)
            condition.lock()
            statistics.itemCount += 1
            statistics.processorSeconds += seconds
            guard generation == self.generation else { continue }
            ready[number] = result
            condition.broadcast()
        }
    }

    private func timed(_ number: Int) -> (Result<Item, any Error>, seconds: Double) {
        let before = threadSeconds()
        let result = Result { try make(number) }
        return (result, threadSeconds() - before)
    }

    private func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// A training step runs on all cores and waits for its slowest thread, so loading had better take what is left over;
    /// on Linux a thread can be made nicer by itself.
    private func yieldToTraining() {
        #if os(Linux)
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        #endif
    }
}
