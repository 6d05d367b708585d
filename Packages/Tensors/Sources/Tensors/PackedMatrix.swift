import CTensorKernels
import Synchronization

/// What holds a matrix row by row, in a type that products read packed.
protocol MatrixRows: Sendable {
    var element: tk_element { get }
    /// The first element of the first row, valid while this is alive.
    var address: UnsafeRawPointer { get }
    /// Takes rows in memory of their own.
    init(rows: Storage, shape: Shape)
    /// Lets go of a mapped file's memory.
    func releaseMemory()
}

/// A matrix in a storage type that lies in the order in which products read it. The first product brings it into it, or
/// the second if the first can do with rows: a matrix which is only looked up or written to a file is not touched, and one
/// that is multiplied once takes no memory. What held the rows is then let go of.
final class PackedMatrix<Rows: MatrixRows>: Sendable {
    let shape: Shape
    private let element: tk_element
    private let state: Mutex<State>

    private enum State: Sendable {
        case rows(Rows, areMultiplied: Bool)
        case panels(Storage)
    }

    init(_ rows: Rows, shape: Shape) {
        self.shape = shape
        element = rows.element
        state = Mutex(.rows(rows, areMultiplied: false))
    }

    /// The matrix row by row: what it was made of, or a copy.
    var rows: Rows {
        let panels: Storage
        switch state.withLock({ $0 }) {
        case .rows(let rows, _): return rows
        case .panels(let storage): panels = storage
        }
        let copy =
            switch element {
            case TK_FLOAT16: Storage(count: shape.count, type: .float16)
            case TK_BFLOAT16: Storage(count: shape.count, type: .bfloat16)
            default: Storage(count: (shape.count + 1) / 2, type: .bfloat16)
            }
        withExtendedLifetime(panels) {
            withUnsafePointer(to: weights(at: panels.address)) { tk_unpack_weights($0, copy.address) }
        }
        return Rows(rows: copy, shape: shape)
    }

    /// Writes one row of the matrix in float32.
    func copyRow(_ row: Int, scales: Tensor? = nil, into output: UnsafeMutableBufferPointer<Float>) {
        let (address, isPacked): (UnsafeRawPointer, Bool)
        let state = state.withLock { $0 }
        switch state {
        case .rows(let rows, _): (address, isPacked) = (rows.address, false)
        case .panels(let panels): (address, isPacked) = (UnsafeRawPointer(panels.address), true)
        }
        withExtendedLifetime((state, scales)) {
            withUnsafePointer(to: weights(at: address, scales: scales?.pointer)) {
                tk_widen_row($0, isPacked, Int64(row), output.baseAddress)
            }
        }
    }

    /// Gives the packed matrix to a kernel.
    func withWeights(scales: Tensor? = nil, _ body: (UnsafePointer<tk_weights>) -> Void) {
        let panels = panels
        withExtendedLifetime((panels, scales)) {
            withUnsafePointer(to: weights(at: panels.address, scales: scales?.pointer), body)
        }
    }

    /// Gives the matrix to a kernel as it lies, if it was never multiplied and still lies row by row.
    ///
    /// - Returns: whether it did.
    func withRowsOnce(_ body: (UnsafePointer<tk_weights>) -> Void) -> Bool {
        let unused = state.withLock { state -> Rows? in
            guard case .rows(let rows, areMultiplied: false) = state else { return nil }
            state = .rows(rows, areMultiplied: true)
            return rows
        }
        guard let rows = unused else { return false }
        withExtendedLifetime(rows) { withUnsafePointer(to: weights(at: rows.address), body) }
        rows.releaseMemory()
        return true
    }

    private var panels: Storage {
        state.withLock { state in
            switch state {
            case .panels(let panels): return panels
            case .rows(let rows, _):
                let panels = withUnsafePointer(to: weights(at: rows.address)) { weights in
                    // Large blocks of the pool lie on large pages, which memory is read fastest from.
                    let panels = Storage(count: Int(tk_packed_bytes(weights)) / 2, type: .bfloat16)
                    tk_pack_weights(weights, panels.address)
                    return panels
                }
                rows.releaseMemory()
                state = .panels(panels)
                return panels
            }
        }
    }

    private func weights(at address: UnsafeRawPointer, scales: UnsafePointer<Float>? = nil) -> tk_weights {
        tk_weights(
            element: element, data: address, scales: scales, outputs: Int64(shape[0]), inputs: Int64(shape[1]))
    }
}

extension Tensor: MatrixRows {
    var element: tk_element {
        switch scalarType {
        case .float32: preconditionFailure("a matrix in float32 is multiplied as it lies")
        case .bfloat16: TK_BFLOAT16
        case .float16: TK_FLOAT16
        }
    }

    var address: UnsafeRawPointer { UnsafeRawPointer(halfPointer) }

    init(rows: Storage, shape: Shape) { self.init(shape: shape, storage: rows) }
}
