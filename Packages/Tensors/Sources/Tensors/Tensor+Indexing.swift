import CTensorKernels

extension Tensor {
    /// The rows (along the first axis) with these numbers: `[rows, ...]` to the shape of the numbers, then `...`.
    public func gathering(_ rows: IndexTensor) -> Tensor {
        precondition(shape.rank > 0, "a scalar has no rows")
        rows.requireRange(shape[0])
        let source = widened
        let width = shape.removing(axis: 0).count
        let target = Shape(rows.shape.dimensions + shape.dimensions.dropFirst())
        let result = Tensor(uninitialized: target)
        tk_gather_rows(source.pointer, rows.scalars, result.pointer, Int64(rows.count), Int64(width))
        return result.recording(node) { [shape, node] gradient, flow in
            flow.add(gradient.scatterAdded(to: shape, rows: rows), to: node)
        }
    }

    /// A tensor of zeros to whose rows these are added.
    func scatterAdded(to shape: Shape, rows: IndexTensor) -> Tensor {
        let result = Tensor(zeros: shape)
        let width = shape.removing(axis: 0).count
        tk_scatter_add_rows(pointer, rows.scalars, result.pointer, Int64(rows.count), Int64(width))
        return result
    }

    /// For each row along the last axis the number of the codebook row `[entries, width]` nearest to it in Euclidean
    /// distance, the lowest of equally near ones. The full distance matrix is never made.
    public func nearestRows(in codebook: Tensor) -> IndexTensor {
        let (rows, width) = shape.rowsAndWidth
        precondition(
            codebook.shape.rank == 2 && codebook.shape[1] == width && codebook.shape[0] > 0,
            "rows of shape \(shape) have no nearest in a codebook of shape \(codebook.shape)")
        let source = widened
        let entries = codebook.widened
        let nearest = [Int32](unsafeUninitializedCapacity: rows) { target, count in
            tk_nearest_rows(
                source.pointer, Int64(rows), entries.pointer, Int64(entries.shape[0]), Int64(width),
                target.baseAddress)
            count = rows
        }
        return IndexTensor(nearest, shape: shape.removing(axis: -1))
    }
}

extension IndexTensor {
    func requireRange(_ end: Int) {
        for index in scalars where index < 0 || Int(index) >= end {
            preconditionFailure("row \(index) is outside of a table of \(end) rows")
        }
    }
}

/// The rows of a table `[entries, width]` with these numbers: the shape of the numbers, then `[width]`.
public func embed(_ ids: IndexTensor, _ table: Parameter) -> Tensor {
    guard let storage = table.storage else { return table.value.gathering(ids) }
    ids.requireRange(table.shape[0])
    let width = table.shape[1]
    return Tensor(shape: Shape(ids.shape.dimensions + [width])) { target in
        for (place, id) in ids.scalars.enumerated() {
            storage.copyRow(
                Int(id), into: UnsafeMutableBufferPointer(rebasing: target[place * width..<(place + 1) * width]))
        }
    }
}
