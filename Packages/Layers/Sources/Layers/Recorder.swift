import Synchronization
import Tensors

/// Collects the intermediate values of a pass, for comparison with another implementation.
///
/// A value is named by the part that made it, the number of times that part had been called before, and a field:
/// `Qformer.bert#2/last_hidden_state`.
public final class Recorder: Sendable {
    private struct State {
        var names: [String] = []
        var tensors: [String: Tensor] = [:]
    }

    private let state = Mutex(State())

    /// A recorder that has heard nothing.
    public init() {}

    /// All values by name, off the tape.
    public var tensors: [String: Tensor] { state.withLock { $0.tensors } }

    /// The names of all values in the order in which they were made.
    public var names: [String] { state.withLock { $0.names } }

    func record(_ tensor: Tensor, path: String, field: String) {
        state.withLock { state in
            var call = 0
            while state.tensors["\(path)#\(call)/\(field)"] != nil { call += 1 }
            let name = "\(path)#\(call)/\(field)"
            state.tensors[name] = tensor.detached()
            state.names.append(name)
        }
    }
}
