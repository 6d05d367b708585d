import Configuration
import Tensors

/// How matrices that are not trained are kept.
enum FrozenPrecision: String, CaseIterable, ConfigurationValue {
    /// As their files have them.
    case stored
    /// In two bytes each, which halves what float32 takes. Sums are in float32 all the same.
    case bfloat16

    /// Brings weights into this precision while `body` runs; then they are what they were. Those that are mapped from a file
    /// take no memory meanwhile.
    func storing<Result>(_ parameters: [Parameter], _ body: () throws -> Result) rethrows -> Result {
        let wide = parameters.filter(isNarrowed).map { (parameter: $0, value: $0.value.detached()) }
        for (parameter, value) in wide {
            parameter.value = value.stored(as: .bfloat16)
            value.releaseMemory()
        }
        defer { for (parameter, value) in wide { parameter.value = value } }
        return try body()
    }

    /// The bytes that a weight takes in this precision.
    func byteCount(of parameter: Parameter) -> Int {
        isNarrowed(parameter) ? parameter.shape.count * ScalarType.bfloat16.byteCount : parameter.byteCount
    }

    private func isNarrowed(_ parameter: Parameter) -> Bool {
        self == .bfloat16 && parameter.isFrozen && parameter.shape.rank == 2 && parameter.storage == nil
    }
}
