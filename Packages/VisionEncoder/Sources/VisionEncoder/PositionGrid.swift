import Tensors

/// Position vectors of a square grid of patches, brought to a grid of another size: each channel is seen as a picture
/// and resized as PyTorch's `interpolate` does (bicubic with a = -0.75, corners not aligned, no antialiasing).
///
/// Follows `interpolate_pos_embed` in `lavis/models/eva_vit.py` at 7e633e0.
public struct PositionGrid: Sendable {
    /// How many patches stand on a side of the table's grid.
    public let size: Int
    private let table: Tensor

    /// A table with the class token's vector first, `[1, 1 + size * size, width]`; nil for a table that is no such.
    public init?(_ table: Tensor) {
        guard table.shape.rank == 3, table.shape[0] == 1, let size = Self.size(patchCount: table.shape[1] - 1) else {
            return nil
        }
        self.table = table
        self.size = size
    }

    /// The side of a square of so many patches; nil if it is none.
    public static func size(patchCount: Int) -> Int? {
        guard patchCount > 0 else { return nil }
        let size = Int(Double(patchCount).squareRoot().rounded())
        return size * size == patchCount ? size : nil
    }

    /// The table for a grid with this many patches on a side, `[1, 1 + newSize * newSize, width]`. The class token's
    /// vector stays as it is.
    public func resized(to newSize: Int) -> Tensor {
        if newSize == size { return table }
        let width = table.shape[2]
        let first = table.slice(axis: 1, from: 0, to: 1)
        let weights = Self.weights(from: size, to: newSize)
        let patches = table.slice(axis: 1, from: 1, to: table.shape[1]).reshaped(to: [size, size * width])
        // Down the columns, then along the rows; each pass mixes the first axis.
        let tall = weights.matrixProduct(patches).reshaped(to: [newSize, size, width]).transposed([1, 0, 2])
        let wide = weights.matrixProduct(tall.reshaped(to: [size, newSize * width]))
            .reshaped(to: [newSize, newSize, width]).transposed([1, 0, 2])
        return Tensor.concatenating([first, wide.reshaped(to: [1, newSize * newSize, width])], axis: 1)
    }

    /// How much each place of the old grid counts at each place of the new one, `[newSize, size]`. Places beyond the
    /// edge are the edge.
    private static func weights(from size: Int, to newSize: Int) -> Tensor {
        var weights = [Float](repeating: 0, count: newSize * size)
        let scale = Double(size) / Double(newSize)
        for place in 0..<newSize {
            let center = scale * (Double(place) + 0.5) - 0.5
            let first = Int(center.rounded(.down))
            for neighbour in first - 1...first + 2 {
                let source = min(max(neighbour, 0), size - 1)
                weights[place * size + source] += Float(cubic(abs(center - Double(neighbour))))
            }
        }
        return Tensor(weights, shape: [newSize, size])
    }

    /// Keys' cubic convolution kernel at a distance. Keys: Cubic Convolution Interpolation for Digital Image Processing,
    /// 1981.
    private static func cubic(_ distance: Double) -> Double {
        let a = -0.75
        let (square, cube) = (distance * distance, distance * distance * distance)
        if distance <= 1 { return (a + 2) * cube - (a + 3) * square + 1 }
        return distance < 2 ? a * (cube - 5 * square + 8 * distance - 4) : 0
    }
}

/// A checkpoint whose position table is fitted to the pictures of another size.
public struct FittedPositions: TensorSource {
    private let source: any TensorSource
    private let name: String
    private let gridSize: Int

    /// A checkpoint seen with another position table.
    ///
    /// - Parameters:
    ///   - source: the checkpoint
    ///   - name: of the position table in it
    ///   - gridSize: how many patches stand on a side of a picture
    public init(_ source: any TensorSource, name: String = "visual_encoder.pos_embed", gridSize: Int) {
        self.source = source
        self.name = name
        self.gridSize = gridSize
    }

    /// The names of all tensors.
    public var names: [String] { source.names }

    /// The checkpoint's own origin.
    public var origin: String { source.origin }

    /// The extents of a tensor, the position table's as fitted; nil if there is none of this name.
    public func shape(of name: String) -> Shape? {
        guard let shape = source.shape(of: name) else { return nil }
        guard name == self.name, shape.rank == 3, shape[0] == 1, PositionGrid.size(patchCount: shape[1] - 1) != nil
        else { return shape }
        return [1, gridSize * gridSize + 1, shape[2]]
    }

    /// A tensor, the position table fitted; throws the checkpoint's own error.
    public func tensor(named name: String) throws -> Tensor {
        let tensor = try source.tensor(named: name)
        return name == self.name ? PositionGrid(tensor)?.resized(to: gridSize) ?? tensor : tensor
    }

    /// A matrix in a storage type of its own; throws the checkpoint's own error.
    public func storage(named name: String) throws -> (any WeightStorage)? { try source.storage(named: name) }
}
