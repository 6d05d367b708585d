import Synchronization
import Tensors

/// Collects the intermediate values of a pass, for comparison with another implementation.
///
/// A value is named by the part that made it, the number of times that part had been called before, and a field:
/// `Qformer.bert#2/last_hidden_state`.
public final class Recorder: Sendable {
    private let state = Mutex<[String: Tensor]>([:])

    /// A recorder that has heard nothing.
    public init() {}

    /// All values by name, off the tape.
    public var tensors: [String: Tensor] { state.withLock { $0 } }

    func record(_ tensor: Tensor, path: String, field: String) {
        state.withLock { tensors in
            var call = 0
            while tensors["\(path)#\(call)/\(field)"] != nil { call += 1 }
            tensors["\(path)#\(call)/\(field)"] = tensor.detached()
        }
    }
}
