import Synchronization
import Tensors

/// What a pass through a model depends on besides its input: whether it trains, where random draws come from, and
/// who listens to intermediate values.
///
/// A context belongs to one pass: its random keys follow from the order in which layers ask for them.
public struct Context: Sendable {
    /// Models that are frozen while others train in front of them or after them.
    public enum FrozenPart: Sendable, Hashable, CaseIterable {
        /// The P-Former that shows what prompts should be.
        case teacher
        /// The language model that reads prompts.
        case languageModel
    }

    /// Whether dropout is on.
    public private(set) var isTraining: Bool
    /// The number, in the whole batch of all processes, of the first sample of this pass.
    public let firstSample: Int
    /// Where token masks and negatives come from.
    public let draws: any DrawSource
    /// The processes that work on the batch together; nil where one works alone.
    public private(set) var peers: (any BatchPeers)?
    /// What means over labels are multiplied by, where others take part in the same step: theirs may have more labels.
    private var labelWeight: Float = 1
    private let frozenDropout: Set<FrozenPart>
    private let keys: KeySequence
    private let recorder: Recorder?
    private var path = ""
    /// Whether blocks of deep stacks that train compute again on the way back what they would have to keep.
    public private(set) var isRecomputing = false

    private init(
        isTraining: Bool, key: RandomKey, firstSample: Int, frozenDropout: Set<FrozenPart>, draws: any DrawSource,
        recorder: Recorder?
    ) {
        self.isTraining = isTraining
        self.firstSample = firstSample
        self.draws = draws
        self.frozenDropout = frozenDropout
        self.keys = KeySequence(key)
        self.recorder = recorder
    }

    /// A pass without dropout.
    ///
    /// - Parameters:
    ///   - key: what the draws of losses descend from
    ///   - draws: where token masks and negatives come from
    ///   - recorder: collects intermediate values
    public static func evaluation(
        key: RandomKey = RandomKey(seed: 0), draws: any DrawSource = SeededDraws(), recorder: Recorder? = nil
    ) -> Context {
        Context(
            isTraining: false, key: key, firstSample: 0, frozenDropout: [], draws: draws,
            recorder: recorder)
    }

    /// A pass with dropout.
    ///
    /// - Parameters:
    ///   - key: what all draws of this pass descend from: a function of the seed and the step
    ///   - firstSample: the number of the first sample in the whole batch of all processes
    ///   - frozenDropout: frozen models that drop out too. Quirk: both do in the reference, whose
    ///     `train()` reaches the frozen language model and the P-Former teacher.
    ///   - draws: where token masks and negatives come from
    ///   - recorder: collects intermediate values
    public static func training(
        key: RandomKey, firstSample: Int = 0, frozenDropout: Set<FrozenPart> = Set(FrozenPart.allCases),
        draws: any DrawSource = SeededDraws(), recorder: Recorder? = nil
    ) -> Context {
        Context(
            isTraining: true, key: key, firstSample: firstSample, frozenDropout: frozenDropout,
            draws: draws, recorder: recorder)
    }

    /// The same pass as a part of a step that several passes make together.
    ///
    /// - Parameters:
    ///   - peers: the processes that pass through the same model at the same time; nil for one alone
    ///   - labelWeight: what a mean over this pass's labels counts for beside those of the others
    public func shared(among peers: (any BatchPeers)?, labelWeight: Float = 1) -> Context {
        var result = self
        result.peers = peers
        result.labelWeight = labelWeight
        return result
    }

    /// A mean over the labels of this pass as a part of the mean over those of the whole step.
    public func weighted(_ mean: Tensor) -> Tensor { labelWeight == 1 ? mean : mean * labelWeight }

    /// The same pass with dropout off.
    public var evaluating: Context {
        var result = self
        result.isTraining = false
        return result
    }

    /// The same pass with less memory and more time; no value or gradient changes.
    public var recomputing: Context {
        var result = self
        result.isRecomputing = true
        return result
    }

    /// The same pass through a part that does not train.
    public func frozen(_ part: FrozenPart) -> Context { frozenDropout.contains(part) ? self : evaluating }

    /// The next key of the pass: the keys are numbered in the order in which they are asked for.
    public func nextKey() -> RandomKey { keys.next() }

    /// The same pass inside a part; the name stands in front of what it records.
    public func within(_ name: @autoclosure () -> String) -> Context {
        guard recorder != nil else { return self }
        var result = self
        result.path = path.isEmpty ? name() : "\(path).\(name())"
        return result
    }

    /// Whether anybody listens to intermediate values.
    public var isRecording: Bool { recorder != nil }

    /// Shows a value to the recorder, if there is one, and returns it.
    @discardableResult
    public func record(_ tensor: Tensor, _ field: String = "out") -> Tensor {
        recorder?.record(tensor, path: path, field: field)
        return tensor
    }
}

/// Keys numbered in the order in which they are taken.
private final class KeySequence: Sendable {
    private let key: RandomKey
    private let count = Atomic<UInt64>(0)

    init(_ key: RandomKey) { self.key = key }

    func next() -> RandomKey { key.child(count.wrappingAdd(1, ordering: .relaxed).oldValue) }
}
