import Foundation

/// How the elements of a tensor lie in memory; arithmetic is always in float32.
public enum ScalarType: String, Sendable, CaseIterable {
    /// IEEE 754 binary32.
    case float32
    /// The upper half of a binary32.
    case bfloat16
    /// IEEE 754 binary16.
    case float16

    /// Bytes an element takes.
    public var byteCount: Int { self == .float32 ? 4 : 2 }
}

/// Memory that may be let go of while it is owned, because it comes back as it was when it is touched: that of a mapped
/// file.
public protocol ReleasableMemory: AnyObject, Sendable {
    /// Lets go of the memory behind some bytes.
    func release(_ bytes: UnsafeRawBufferPointer)
}

/// A reference-counted block of elements: taken from the storage pool, or bytes that somebody else owns (a mapped
/// file), which are kept alive and never written.
final class Storage: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    let type: ScalarType
    let isMapped: Bool
    private let pooledByteCount: Int
    private let owner: AnyObject?

    /// Uninitialised elements from the pool.
    init(count: Int, type: ScalarType = .float32) {
        let pooled = StoragePool.shared.take(byteCount: count * type.byteCount)
        self.address = pooled.address
        self.pooledByteCount = pooled.byteCount
        self.type = type
        self.isMapped = false
        self.owner = nil
    }

    /// Elements inside bytes that `owner` keeps alive.
    init(mapped address: UnsafeRawPointer, type: ScalarType, owner: AnyObject) {
        self.address = UnsafeMutableRawPointer(mutating: address)
        self.pooledByteCount = 0
        self.type = type
        self.isMapped = true
        self.owner = owner
    }

    /// Lets go of the memory of some elements, if it comes back by itself.
    func release(_ elements: Range<Int>) {
        guard let owner = owner as? any ReleasableMemory else { return }
        owner.release(
            UnsafeRawBufferPointer(
                start: address + elements.lowerBound * type.byteCount, count: elements.count * type.byteCount))
    }

    deinit {
        if !isMapped { StoragePool.shared.give(address, byteCount: pooledByteCount) }
    }
}
