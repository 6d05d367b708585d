import Foundation
import Synchronization

/// The buffers behind tensors: one that is let go is kept for the next tensor of about its size, so that a training
/// step that repeats takes nothing new from the system.
public final class StoragePool: Sendable {
    /// What the pool holds and has asked for.
    public struct Statistics: Sendable, Equatable {
        /// Buffers taken from the system so far.
        public var systemAllocationCount = 0
        /// Bytes taken from the system and not given back.
        public var systemByteCount = 0
        /// Bytes of those that no tensor uses at present.
        public var idleByteCount = 0
    }

    private struct State {
        var idle: [Int: [UInt]] = [:]
        var statistics = Statistics()
    }

    static let shared = StoragePool()
    private let state = Mutex(State())

    private init() {}

    /// The pool's counts at this moment.
    public static var statistics: Statistics { shared.state.withLock { $0.statistics } }

    /// Gives idle buffers back to the system.
    public static func trim() {
        let addresses = shared.state.withLock { state in
            let idle = state.idle
            state.idle = [:]
            state.statistics.systemByteCount -= state.statistics.idleByteCount
            state.statistics.idleByteCount = 0
            return idle
        }
        for address in addresses.values.joined() { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }

    /// A buffer of at least `byteCount` bytes, aligned to 64, and its real size.
    func take(byteCount: Int) -> (address: UnsafeMutableRawPointer, byteCount: Int) {
        let size = Self.sizeClass(for: byteCount)
        let recycled: UInt? = state.withLock { state in
            guard let address = state.idle[size]?.popLast() else {
                state.statistics.systemAllocationCount += 1
                state.statistics.systemByteCount += size
                return nil
            }
            state.statistics.idleByteCount -= size
            return address
        }
        if let recycled, let address = UnsafeMutableRawPointer(bitPattern: recycled) { return (address, size) }
        return (Self.allocate(size), size)
    }

    /// Takes a buffer back.
    func give(_ address: UnsafeMutableRawPointer, byteCount: Int) {
        state.withLock { state in
            state.idle[byteCount, default: []].append(UInt(bitPattern: address))
            state.statistics.idleByteCount += byteCount
        }
    }

    /// Four classes to the octave, so that at most a fifth of a buffer is unused.
    static func sizeClass(for byteCount: Int) -> Int {
        let needed = max(byteCount, 256)
        let octave = 1 << (Int.bitWidth - 1 - needed.leadingZeroBitCount)
        let step = max(octave / 4, 64)
        return (needed + step - 1) / step * step
    }

    private static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let hugePage = 2 << 20
        var address: UnsafeMutableRawPointer?
        let failure = posix_memalign(&address, byteCount >= hugePage ? hugePage : 64, byteCount)
        guard failure == 0, let address else { fatalError("out of memory: \(byteCount) bytes for a tensor") }
        if byteCount >= hugePage { madvise(address, byteCount, Int32(MADV_HUGEPAGE)) }
        return address
    }
}
