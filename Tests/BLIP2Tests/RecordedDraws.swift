import Layers
import Synchronization
import Tensors
import Testing

/// The draws that the original code made, in its order.
final class RecordedDraws: DrawSource {
    private struct State {
        var masks: [IndexTensor]
        var negatives: [Int32]
    }

    private let state: Mutex<State>

    init(masks: [IndexTensor], negatives: [Int32]) { state = Mutex(State(masks: masks, negatives: negatives)) }

    /// Whether every draw was asked for.
    var areUsedUp: Bool { state.withLock { $0.masks.isEmpty && $0.negatives.isEmpty } }

    func bernoulli(_ shape: Shape, probability: Float, key: RandomKey, firstSample: Int) -> IndexTensor {
        state.withLock { state in
            guard !state.masks.isEmpty else {
                Issue.record("no recorded mask is left")
                return IndexTensor(repeating: 0, shape: shape)
            }
            return state.masks.removeFirst()
        }
    }

    func multinomial(_ weights: Tensor, key: RandomKey, firstSample: Int) -> IndexTensor {
        state.withLock { state in
            let count = weights.shape[0]
            guard state.negatives.count >= count else {
                Issue.record("no recorded negatives are left")
                return IndexTensor(repeating: 0, shape: [count])
            }
            defer { state.negatives.removeFirst(count) }
            return IndexTensor(Array(state.negatives.prefix(count)), shape: [count])
        }
    }
}
