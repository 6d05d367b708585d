import Dispatch

/// A sum over all processes under way.
public final class PendingSum: @unchecked Sendable {
    // Only the queue touches the values until the group is left.
    private var sums: [Float]
    private let group = DispatchGroup()

    init(
        _ values: [Float], in queue: DispatchQueue?,
        _ sum: @escaping @Sendable (UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        sums = values
        queue?.async(group: group) { self.sums.withUnsafeMutableBufferPointer { sum($0) } }
    }

    /// The sums, when they are there.
    public func values() -> [Float] {
        group.wait()
        return sums
    }
}
