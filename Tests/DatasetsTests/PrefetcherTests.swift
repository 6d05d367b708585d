import Datasets
import Foundation
import Synchronization
import Testing

@Suite struct PrefetcherTests {
    struct Failure: Error, Equatable { let number: Int }

    @Test(arguments: [0, 1, 2, 5]) func handsOverInOrder(threadCount: Int) throws {
        let prefetcher = Prefetcher(threadCount: threadCount, limit: 3) { number in
            // The later of two neighbours is often ready first.
            if number % 2 == 0 { usleep(300) }
            return number * number
        }
        for number in 0..<60 { #expect(try prefetcher.item(number) == number * number) }
        for number in 7..<30 { #expect(try prefetcher.item(number) == number * number) }
        #expect(try prefetcher.item(2) == 4)
    }

    @Test func staysWithinItsBounds() throws {
        let made = Mutex<Set<Int>>([])
        let prefetcher = Prefetcher(threadCount: 3, limit: 4) { number in
            _ = made.withLock { $0.insert(number) }
            return number
        }
        for number in 0..<20 {
            _ = try prefetcher.item(number)
            usleep(2000)
            #expect(made.withLock { $0.max() ?? 0 } <= number + 4)
        }
    }

    /// A program may end right after: its libraries are torn down then, and no thread may still use them.
    @Test func endsWithItsThreads() throws {
        let busy = Atomic(0)
        do {
            let prefetcher = Prefetcher(threadCount: 3, limit: 6) { number in
                busy.add(1, ordering: .sequentiallyConsistent)
                if number > 0 { usleep(50_000) }
                busy.subtract(1, ordering: .sequentiallyConsistent)
                return number
            }
            #expect(try prefetcher.item(0) == 0)
            usleep(5000)
            #expect(busy.load(ordering: .sequentiallyConsistent) > 0)
        }
        #expect(busy.load(ordering: .sequentiallyConsistent) == 0)
    }

    @Test(arguments: [0, 2]) func throwsWhereTheItemStands(threadCount: Int) throws {
        let prefetcher = Prefetcher(threadCount: threadCount, limit: 8) { number in
            if number == 5 { throw Failure(number: number) }
            return number
        }
        for number in 0..<5 { #expect(try prefetcher.item(number) == number) }
        #expect(throws: Failure(number: 5)) { try prefetcher.item(5) }
        #expect(try prefetcher.item(6) == 6)
    }

    @Test func tellsWhatWasWaitedFor() throws {
        let prefetcher = Prefetcher(threadCount: 1, limit: 2) { number in
            if number == 4 { usleep(100_000) }
            return number
        }
        _ = try prefetcher.item(0)
        for number in 1..<4 {
            usleep(20_000)
            _ = try prefetcher.item(number)
        }
        #expect(prefetcher.takeStatistics().lateCount == 0)
        _ = try prefetcher.item(4)
        let statistics = prefetcher.takeStatistics()
        #expect(statistics.lateCount == 1 && statistics.waitSeconds > 0.02)
    }

    /// Its threads end with it.
    @Test func lettingGoEndsTheThreads() throws {
        final class Marker: Sendable {}
        weak var marker: Marker?
        do {
            let strong = Marker()
            marker = strong
            let prefetcher = Prefetcher(threadCount: 2, limit: 2) { [strong] number in
                _ = strong
                return number
            }
            #expect(try prefetcher.item(0) == 0)
        }
        for _ in 0..<200 where marker != nil { usleep(10_000) }
        #expect(marker == nil)
    }
}
