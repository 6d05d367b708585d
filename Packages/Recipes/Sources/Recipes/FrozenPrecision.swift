import Configuration
import Tensors

/// How matrices that are not trained are kept.
enum FrozenPrecision: String, CaseIterable, ConfigurationValue {
    /// As their files have them.
    case stored
    /// In two bytes each, which halves what float32 takes. Sums are in float32 all the same.
    case bfloat16

    /// Brings weights into this precision.
    func store(_ parameters: [Parameter]) {
        guard self == .bfloat16 else { return }
        for parameter in parameters where isNarrowed(parameter) {
            parameter.value = parameter.value.stored(as: .bfloat16)
        }
    }

    /// The bytes that a weight takes in this precision.
    func byteCount(of parameter: Parameter) -> Int {
        isNarrowed(parameter) ? parameter.shape.count * ScalarType.bfloat16.byteCount : parameter.byteCount
    }

    private func isNarrowed(_ parameter: Parameter) -> Bool {
        self == .bfloat16 && parameter.isFrozen && parameter.shape.rank == 2 && parameter.storage == nil
    }
}
