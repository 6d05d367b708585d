import Layers
import Tensors

/// What is trained: a model, and the losses it has on a batch. A stage is a value; there is one loop, `Trainer`.
public protocol Stage<Batch> {
    associatedtype Batch

    /// The model whose parameters that are not frozen are trained. Their names are those of the checkpoint.
    var module: any Module { get }

    /// The losses on a batch. Draws come from the context alone.
    func losses(on batch: Batch, _ context: Context) throws -> Losses
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
}
