import Layers
import Tensors

/// A module with a part of every kind.
final class SmallModule: Module {
    let table: Embedding
    let maps: [Linear]
    let norm: LayerNorm?
    let scale: Parameter

    init(weights: InitialWeights, hasNorm: Bool = true) {
        table = Embedding(entryCount: 5, width: 4, weights: weights.child("table"))
        maps = (0..<2).map { Linear(inputs: 4, outputs: 3, bias: $0 == 0, weights: weights.child("map").child($0)) }
        norm = hasNorm ? LayerNorm(width: 4, epsilon: 1e-5, weights: weights) : nil
        scale = weights.constant(0.5, [])
    }

    var parts: KeyValuePairs<String, any ModulePart> {
        ["scale": scale, "": table, "maps.inner": maps, "norm": norm, "tied": table.weight]
    }
}

/// Tensors in memory, by name.
struct MemorySource: TensorSource {
    var tensors: [String: Tensor]

    init(_ module: some Module, prefix: String = "") {
        tensors = Dictionary(
            module.namedParameters.map { (prefix + $0.name, $0.parameter.value.detached()) },
            uniquingKeysWith: { first, _ in first })
    }

    struct NoSuchTensor: Error {}

    var names: [String] { tensors.keys.sorted() }
    var origin: String { "memory" }
    func shape(of name: String) -> Shape? { tensors[name]?.shape }

    func tensor(named name: String) throws -> Tensor {
        guard let tensor = tensors[name] else { throw NoSuchTensor() }
        return tensor
    }
}
