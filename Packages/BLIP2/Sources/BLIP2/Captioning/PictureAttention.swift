import Checkpoints
import Foundation
import Tensors

/// Where the queries look in a picture: the Q-Former's cross-attention over the class token and the patches of the image
/// encoder.
public struct PictureAttention: Sendable {
    /// The probabilities of each layer that looks at pictures, each head and each query: the class token's first, then those of
    /// the patches, row by row from the top, `[layers, heads, queries, 1 + patches]`.
    public let probabilities: Tensor
    /// The shares of the patches, as means over layers and heads, `[queries, rows, columns]`.
    public let grid: Tensor
    /// The share of the class token, which stands for no place of the picture, `[queries]`. A query's shares sum to 1.
    public let classShare: Tensor

    init(probabilities: Tensor, gridSize: Int) {
        self.probabilities = probabilities
        let mean = probabilities.mean(axis: 0).mean(axis: 0)
        let (queryCount, vectorCount) = (mean.shape[0], mean.shape[1])
        precondition(vectorCount == 1 + gridSize * gridSize, "\(vectorCount) vectors of \(gridSize) patches to a side")
        grid = mean.slice(axis: 1, from: 1, to: vectorCount).reshaped(to: [queryCount, gridSize, gridSize])
        classShare = mean.slice(axis: 1, from: 0, to: 1).reshaped(to: [queryCount])
    }

    /// The mean of the queries' shares of the patches, `[rows, columns]`.
    public var meanGrid: Tensor { grid.mean(axis: 0) }

    /// The mean of the queries' shares of the class token.
    public var meanClassShare: Float { classShare.mean().scalars[0] }

    /// Writes a safetensors file with float32 `probabilities`, `grid` and `class_share`, of the shapes above.
    ///
    /// - Throws: `FileError` if it cannot be written.
    public func write(to url: URL) throws {
        try Safetensors.write(
            [("probabilities", probabilities), ("grid", grid), ("class_share", classShare)],
            metadata: [
                "probabilities": "layers, heads, queries, class token and patches",
                "grid": "queries, rows, columns; means over layers and heads", "class_share": "queries",
            ], to: url)
    }
}

extension VisionLanguageParts {
    /// Where the queries look in each picture. It does not go through the image encoder again.
    public func attention(to pictures: SeenPictures) -> [PictureAttention] {
        let layers = withoutGradients {
            model.qformer.attention(model.images.queries.value, to: pictures.memory, batchCount: pictures.count)
        }
        return (0..<pictures.count).map { picture in
            let own = layers.map { $0.slice(axis: 0, from: picture, to: picture + 1) }
            return PictureAttention(
                probabilities: .concatenating(own, axis: 0), gridSize: model.images.encoder.configuration.gridSize)
        }
    }
}
