import Foundation
import Tensors

/// Memory that reads as zeros and is backed by nothing until it is written, which never happens: weights copy it
/// before they change.
final class ZeroPages: @unchecked Sendable {
    private let address: UnsafeMutableRawPointer
    private let byteCount: Int

    private init?(byteCount: Int) {
        let address = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let address, address != MAP_FAILED else { return nil }
        self.address = address
        self.byteCount = byteCount
    }

    deinit { munmap(address, byteCount) }

    /// A tensor of zeros that takes no memory.
    static func tensor(_ shape: Shape) -> Tensor {
        let byteCount = shape.count * ScalarType.float32.byteCount
        guard byteCount > 0, let pages = ZeroPages(byteCount: byteCount) else { return Tensor(zeros: shape) }
        return Tensor(
            bytes: UnsafeRawBufferPointer(start: pages.address, count: byteCount), owner: pages, type: .float32,
            shape: shape)
    }
}
