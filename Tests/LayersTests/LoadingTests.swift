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
}
