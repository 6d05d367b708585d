import Layers
import Tensors
import Testing

/// The tree of parts: names, order, sharing, freezing.
struct ModuleTests {
    private let module = SmallModule(weights: .random(RandomKey(seed: 1)))

    @Test func partsGiveNamesInOrderAndASharedWeightOnce() {
        #expect(
            module.namedParameters.map(\.name) == [
                "scale", "weight", "maps.inner.0.weight", "maps.inner.0.bias", "maps.inner.1.weight", "norm.weight",
                "norm.bias",
            ])
        #expect(module.parameterCount == 1 + 20 + 15 + 12 + 8)
    }

    @Test func anAbsentPartHasNoNames() {
        let module = SmallModule(weights: .unset, hasNorm: false)
        #expect(!module.namedParameters.contains { $0.name.hasPrefix("norm") })
    }

    @Test func freezingKeepsGradientsAwayAndUnfreezingBringsThemBack() {
        let input = Tensor([1, -2, 3, 0.5], shape: [1, 4])
        module.maps[0].freeze()
        #expect(module.trainableParameters.count == 5)
        #expect(module.maps[0](input).sum().gradients()[module.maps[0].weight] == nil)
        module.maps[0].unfreeze()
        #expect(
            module.maps[0](input).sum().gradients()[module.maps[0].weight]?.scalars == [
                1, -2, 3, 0.5, 1, -2, 3, 0.5, 1, -2, 3, 0.5,
            ])
    }

    @Test func unfreezingWidensStoredWeights() throws {
        let weight = module.maps[0].weight
        let value = weight.value.detached()
        weight.value = value.stored(as: .bfloat16)
        #expect(weight.storage != nil && weight.isFrozen)
        module.unfreeze()
        #expect(weight.storage == nil && !weight.isFrozen)
        #expect(weight.value.scalars == value.stored(as: .bfloat16).scalars)
    }
}

/// Where first values come from.
struct InitialWeightsTests {
    @Test func equalKeysGiveEqualWeightsAndPartsDiffer() {
        let (left, right) = (0, 1)
        let models = (0..<2).map { _ in SmallModule(weights: .random(RandomKey(seed: 7))) }
        #expect(models[left].maps[0].weight.value.scalars == models[right].maps[0].weight.value.scalars)
        #expect(models[left].maps[0].weight.value.scalars != models[left].maps[1].weight.value.scalars)
    }

    @Test func linearStartsAsPyTorchDoes() {
        let map = Linear(inputs: 256, outputs: 100, weights: .random(RandomKey(seed: 3)))
        let bound = Float(1) / 16
        for values in [map.weight.value.scalars, map.bias?.value.scalars ?? []] {
            #expect(values.allSatisfy { abs($0) <= bound })
            #expect(values.contains { $0 > 0.9 * bound } && values.contains { $0 < -0.9 * bound })
        }
    }

    @Test func unsetWeightsReadAsZerosAndMayBeChanged() {
        let parameter = InitialWeights.unset.normal([3, 2], deviation: 1)
        #expect(parameter.value.scalars == [0, 0, 0, 0, 0, 0])
        parameter.update { $0[4] = 2 }
        #expect(parameter.value.scalars == [0, 0, 0, 0, 2, 0])
    }
}
