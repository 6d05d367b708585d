import Tensors

/// In which order the samples of endless epochs come; a function of the epoch's number alone.
public protocol EpochOrder: Sendable {
    /// The number of samples in an epoch.
    var sampleCount: Int { get }

    /// The samples of an epoch.
    func epoch(_ epoch: Int) -> [Int]
}

/// Every sample once in an epoch, in a shuffle that is a function of the seed and the epoch alone, so that a run can be
/// taken up again at any sample.
public struct SampleOrder: EpochOrder {
    /// The number of samples in an epoch.
    public let sampleCount: Int
    private let key: RandomKey

    /// An order over this many samples.
    public init(sampleCount: Int, key: RandomKey) {
        self.sampleCount = sampleCount
        self.key = key
    }

    /// The samples of an epoch, each once.
    public func epoch(_ epoch: Int) -> [Int] {
        var draws = RandomSequence(key.child(UInt64(epoch)))
        return Array(0..<sampleCount).shuffled(using: &draws)
    }
}
