import Layers
import Tensors
import Testing

/// Strict loading: all differences in one error, and nothing changed by it.
struct LoadingTests {
    private let target = SmallModule(weights: .random(RandomKey(seed: 1)))
    private let source = MemorySource(SmallModule(weights: .random(RandomKey(seed: 2))), prefix: "part.")

    @Test func everyWeightIsTaken() throws {
        try load(target, from: source, prefix: "part.")
        for (name, parameter) in target.namedParameters {
            #expect(parameter.value.scalars == source.tensors["part.\(name)"]?.scalars, "\(name)")
        }
    }

    @Test func oneErrorNamesEveryKeyAndNothingIsChanged() throws {
        var source = source
        source.tensors["part.norm.bias"] = nil
        source.tensors["part.scale"] = nil
        source.tensors["part.extra"] = Tensor(1)
        source.tensors["part.weight"] = Tensor(zeros: [4, 5])
        let before = target.maps[0].weight.value.scalars
        let error = #expect(throws: LoadError.self) { try load(target, from: source, prefix: "part.") }
        #expect(error?.missing == ["scale", "norm.bias"])
        #expect(error?.unexpected == ["extra"])
        #expect(
            error.map { "\($0)" } == """
                memory does not fit the model:
                  missing part.scale
                  missing part.norm.bias
                  unexpected part.extra
                  part.weight has shape [4, 5], wanted [5, 4]
                """)
        #expect(target.maps[0].weight.value.scalars == before)
    }

    @Test func namesOfOtherPartsAreLeftAlone() throws {
        var source = source
        source.tensors["other.weight"] = Tensor(1)
        try load(target, from: source, prefix: "part.")
    }

    @Test func policiesNameWhatMayDiffer() throws {
        var source = source
        source.tensors["part.norm.bias"] = nil
        source.tensors["part.maps.position_ids"] = Tensor(1)
        let policy = LoadPolicy(missing: ["norm.*"], unexpected: ["*.position_ids"])
        try load(target, from: source, prefix: "part.", allowing: policy)
        #expect(throws: LoadError.self) {
            try load(target, from: source, prefix: "part.", allowing: LoadPolicy(missing: ["norm"], unexpected: ["*"]))
        }
        #expect(throws: LoadError.self) {
            try load(target, from: source, prefix: "part.", allowing: LoadPolicy(missing: ["*"], unexpected: ["*_id"]))
        }
    }

    @Test func halfWeightsStayHalfOnlyWhereTheyAreFrozen() throws {
        var source = source
        for name in ["part.maps.inner.0.weight", "part.maps.inner.1.weight"] {
            source.tensors[name] = source.tensors[name]?.stored(as: .float16)
        }
        target.maps[1].freeze()
        try load(target, from: source, prefix: "part.")
        #expect(target.maps[0].weight.storage == nil && !target.maps[0].weight.isFrozen)
        #expect(target.maps[1].weight.storage != nil)
    }

    @Test func frozenMatricesAreBroughtToATypeAsTheyAreRead() throws {
        target.maps[0].freeze()
        target.maps[1].freeze()
        try load(target, from: source, prefix: "part.") { $0 == "maps.inner.1.weight" ? .float16 : .int8 }
        let expected = try #require(source.tensors["part.maps.inner.0.weight"])
        let rounded = try #require(target.maps[0].weight.storage as? Int8Weights)
        #expect(rounded.dense().scalars == Int8Weights(rounding: expected).dense().scalars)
        #expect((target.maps[1].weight.storage as? HalfWeights)?.scalarType == .float16)
        #expect(target.maps[0].bias?.value.scalars == source.tensors["part.maps.inner.0.bias"]?.scalars)
        #expect(target.table.weight.storage == nil, "what trains is in float32")
    }

    @Test func matricesInAStorageTypeOfTheirOwnAreTakenAsTheyAre() throws {
        let weights = Int8Weights(rounding: try #require(source.tensors["part.maps.inner.1.weight"]))
        let source = StoredSource(base: source, stored: ["part.maps.inner.1.weight": weights])
        try load(target, from: source, prefix: "part.")
        #expect(target.maps[1].weight.storage == nil, "it trains")
        target.maps[1].freeze()
        try load(target, from: source, prefix: "part.")
        #expect(target.maps[1].weight.storage is Int8Weights)
        try load(target, from: source, prefix: "part.") { _ in .bfloat16 }
        #expect(target.maps[1].weight.storage is HalfWeights)
    }

    @Test func anErrorInTheMiddleChangesNothing() throws {
        let before = target.namedParameters.map(\.parameter.value.scalars)
        let source = StoredSource(base: source, stored: [:], failing: "part.norm.bias")
        #expect(throws: MemorySource.NoSuchTensor.self) { try load(target, from: source, prefix: "part.") }
        #expect(target.namedParameters.map(\.parameter.value.scalars) == before)
    }
}

/// Tensors in memory, some of them in a storage type of their own, or not to be read.
private struct StoredSource: TensorSource {
    let base: MemorySource
    let stored: [String: Int8Weights]
    var failing: String?

    var names: [String] { base.names }
    var origin: String { base.origin }
    func shape(of name: String) -> Shape? { base.shape(of: name) }

    func tensor(named name: String) throws -> Tensor {
        if name == failing { throw MemorySource.NoSuchTensor() }
        return try stored[name]?.dense() ?? base.tensor(named: name)
    }

    func storage(named name: String) throws -> (any WeightStorage)? { stored[name] }
}
