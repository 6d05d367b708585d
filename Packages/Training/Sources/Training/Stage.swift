import Layers
import Tensors

/// What is trained: a model, and the losses it has on a batch. A stage is a value; there is one loop, `Trainer`.
public protocol Stage<Batch> {
    associatedtype Batch

    /// The model whose parameters that are not frozen are trained. Their names are those of the checkpoint.
    var module: any Module { get }

    /// The losses on a batch. Draws come from the context alone.
    func losses(on batch: Batch, _ context: Context) throws -> Losses

    /// How many labels the losses of a batch that are means over labels are taken over, such as the tokens of captions; 0
    /// where there is no such loss.
    func labelCount(in batch: Batch) -> Int
}

extension Stage {
    /// No loss is a mean over labels.
    public func labelCount(in batch: Batch) -> Int { 0 }
}

/// Where batches come from: batch number `n`, counted over all epochs, is a function of `n` alone, so that training
/// can be taken up again anywhere.
public protocol BatchSource<Batch> {
    associatedtype Batch

    /// Samples in a batch.
    var batchSize: Int { get }

    /// Batches in an epoch.
    var batchesPerEpoch: Int { get }

    /// Makes a batch.
    mutating func batch(_ number: Int) throws -> Batch

    /// What was done to make batches since this was last asked, for the log.
    mutating func takeActivity() -> SourceActivity
}

extension BatchSource {
    /// Nothing worth telling, for sources whose batches cost next to nothing.
    public mutating func takeActivity() -> SourceActivity { SourceActivity() }
}

/// What a source of batches tells the log of a run.
public struct SourceActivity: Hashable, Sendable {
    /// Numbers by the names they have in the log.
    public var measures: [Measure]
    /// A sentence for each sample that could not be had; another has taken its place.
    public var problems: [String]

    /// A number with its name.
    public struct Measure: Hashable, Sendable {
        /// The name in the log.
        public var name: String
        /// The number.
        public var value: Double

        /// A number with its name.
        public init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    /// Nothing, unless told otherwise.
    public init(measures: [Measure] = [], problems: [String] = []) {
        self.measures = measures
        self.problems = problems
    }
}
