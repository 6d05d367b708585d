import Checkpoints
import Tensors
import TestSupport
import Testing

/// Products of operands that are rounded to bfloat16, against PyTorch doing the same.
@Suite struct MixedPrecisionTests {
    private static let fixture = Result { try SafetensorsFile(fixture: "mixed_precision.safetensors") }

    private func operands(_ name: String) throws -> Operands {
        Operands(parameters: try Self.fixture.get().tensors(numbered: "\(name).input").map { Parameter($0) })
    }

    /// The result and the gradients; those of the walk back are made outside of the scope.
    private func evaluated(_ name: String, in precision: ProductPrecision) throws -> [Tensor] {
        evaluate(
            { operands in
                withProducts(in: precision) {
                    name == "attention"
                        ? attend(
                            query: operands[0], key: operands[1], value: operands[2], headCount: 3, scale: 0.3,
                            bias: causalBias(29))
                        : linear(operands[0], operands.parameters[1], bias: operands.parameters[2])
                }
            }, at: try operands(name), cotangent: try Self.fixture.get().tensor(named: "\(name).cotangent"))
    }

    private func causalBias(_ tokens: Int) -> Tensor {
        Tensor((0..<tokens * tokens).map { $0 % tokens > $0 / tokens ? -1e9 : 0 }, shape: [1, 1, tokens, tokens])
    }

    private func expected(_ name: String) throws -> [Tensor] {
        let fixture = try Self.fixture.get()
        return try [fixture.tensor(named: "\(name).output")] + fixture.tensors(numbered: "\(name).gradient")
    }

    /// Operands and cotangent are given, so nothing but the order of sums is left to differ.
    @Test(arguments: ["linear", "fewRows", "longSums"]) func linearEqualsPyTorch(_ name: String) throws {
        let expected = try expected(name)
        for (number, found) in try evaluated(name, in: .bfloat16).enumerated() {
            expectClose(found, expected[number], within: 2e-6, "\(name), result \(number)")
        }
        // In float32 all but the bias's gradient would be elsewhere.
        for (number, found) in try evaluated(name, in: .float32).dropLast().enumerated() {
            let difference = Difference(found.scalars, expected[number].scalars, shape: found.shape)
            #expect(difference.relativeMaximum > 5e-4, "\(name), result \(number): \(difference)")
        }
    }

    /// Probabilities are rounded too: where one lies between two numbers of bfloat16, its last bit decides.
    @Test func attentionEqualsPyTorch() throws {
        let expected = try expected("attention")
        for (number, found) in try evaluated("attention", in: .bfloat16).enumerated() {
            expectClose(found, expected[number], within: 1e-4, "result \(number)")
        }
        for (number, found) in try evaluated("attention", in: .float32).enumerated() {
            let difference = Difference(found.scalars, expected[number].scalars, shape: found.shape)
            #expect(difference.relativeMaximum > 5e-4, "result \(number): \(difference)")
        }
    }

    /// Three steps of AdamW on weights that stay in float32 and are rounded anew for every product.
    @Test func stepsEqualPyTorch() throws {
        let fixture = try Self.fixture.get()
        let block = try MixedBlock(fixture)
        for step in 0..<3 {
            let ids = try fixture.indexTensor(named: "steps.ids.\(step)")
            let loss = withProducts(in: .bfloat16) { block.loss(ids, causalBias(19)) }
            expectClose(loss.detached(), try fixture.tensor(named: "steps.loss.\(step)"), within: 1e-5, "step \(step)")
            let gradients = loss.gradients()
            if step == 0 {
                for (name, weight) in block.weights {
                    expectClose(
                        try #require(gradients[weight]), try fixture.tensor(named: "steps.gradient.\(name)"),
                        within: 2e-4, name)
                }
            }
            block.step(gradients, number: step + 1)
        }
        for (name, weight) in block.weights {
            let wanted = try fixture.tensor(named: "steps.trained.\(name)")
            let (start, found) = (try fixture.tensor(named: "steps.weight.\(name)"), weight.value.detached())
            expectClose(found - start, wanted - start, within: 0.02, name)
        }
    }

    /// A frozen matrix in bfloat16 is multiplied as one in float32 that is rounded.
    @Test func aStoredWeightIsMultipliedAsOneThatIsRounded() throws {
        let operands = try operands("linear")
        let dense = Parameter(operands.parameters[1].value.detached())
        dense.isFrozen = true
        let stored = Parameter(dense.value)
        stored.store(as: .bfloat16)
        let results = [stored, dense].map { weight in
            evaluate(
                { operands in
                    withProducts(in: .bfloat16) { linear(operands[0], weight, bias: operands.parameters[1]) }
                }, at: Operands(parameters: [operands.parameters[0], operands.parameters[2]]))
        }
        for (one, other) in zip(results[0], results[1]) { expectClose(one, other, within: 2e-6) }
    }

    /// What is computed again on the way back is so in the precision of the way there.
    @Test func whatIsComputedAgainHasTheSameBits() throws {
        let operands = try operands("linear")
        let (start, weight) = (operands.parameters[0], operands.parameters[1])
        let outer = Parameter(noise([67, 59], seed: 3))
        func block(_ input: Tensor) -> Tensor { linear(linear(input, weight, activation: .gelu), outer) }
        let gradients = [false, true].map { isRecomputed in
            let result = withProducts(in: .bfloat16) {
                isRecomputed ? start.value.recomputed(using: [weight, outer], block) : block(start.value)
            }
            return result.squared().mean().gradients()
        }
        for parameter in [start, weight, outer] {
            expectSameBits(try #require(gradients[1][parameter]), try #require(gradients[0][parameter]))
        }
    }
}

/// A transformer block between tied embeddings, with its optimizer.
private final class MixedBlock {
    let weights: [(name: String, weight: Parameter)]
    private let named: [String: Parameter]
    private var moments: [AdamWMoments]

    init(_ fixture: SafetensorsFile) throws {
        let prefix = "steps.weight."
        weights = try fixture.names.filter { $0.hasPrefix(prefix) }.map {
            (String($0.dropFirst(prefix.count)), Parameter(try fixture.tensor(named: $0)))
        }
        named = Dictionary(uniqueKeysWithValues: weights.map { ($0.name, $0.weight) })
        moments = weights.map { AdamWMoments(zeros: $0.weight.shape) }
    }

    private subscript(name: String) -> Parameter { named[name] ?? Parameter(Tensor(zeros: [0])) }

    func loss(_ ids: IndexTensor, _ bias: Tensor) -> Tensor {
        let count = ids.shape[1] - 1
        var stream = embed(ids.slice(axis: 1, from: 0, to: count), self["table"])
        let normed = layerNorm(stream, self["norm"], self["normBias"], epsilon: 1e-5)
        let fused = linear(normed, self["fused"], bias: self["fusedBias"])
        stream += linear(attend(fused: fused, headCount: 3, scale: 0.3, bias: bias), self["output"])
        stream += linear(linear(stream, self["inner"], bias: self["innerBias"], activation: .gelu), self["outer"])
        return linear(stream, self["table"]).crossEntropy(ids.slice(axis: 1, from: 1, to: count + 1))
    }

    func step(_ gradients: Gradients, number: Int) {
        for (place, entry) in weights.enumerated() {
            guard let gradient = gradients[entry.weight] else { continue }
            entry.weight.stepAdamW(
                gradient: gradient, moments: &moments[place], coefficients: AdamWCoefficients(), rate: 1e-2,
                decay: 0.05, step: number)
        }
    }
}
