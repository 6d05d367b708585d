import Checkpoints
import Tensors
import Testing

@Suite struct KeyMapTests {
    private let map = KeyMap([
        .split("vision.layers.*.qkv.bias", ["blocks.*.q_bias", nil, "blocks.*.v_bias"], axis: 0),
        .rename("vision.layers.*.*.weight", "blocks.*.*.weight"),
        .rename("language.**", "opt.**"),
        .drop("**.position_ids"),
        .join(["t5.*.k", "t5.*.v"], "t5.*.kv", axis: 1),
    ])

    private var foreign: NamedTensors {
        NamedTensors([
            ("vision.layers.0.qkv.bias", Tensor([1, 2, 0, 0, 3, 4], shape: [6])),
            ("vision.layers.11.fc1.weight", Tensor([5], shape: [1])),
            ("language.model.decoder.weight", Tensor([6], shape: [1])),
            ("bert.position_ids", Tensor([0], shape: [1])),
            ("t5.3.k", Tensor([1, 2], shape: [2, 1])),
            ("t5.3.v", Tensor([3, 4], shape: [2, 1])),
            ("plain", Tensor(8)),
        ])
    }

    /// One star stands for one word; what has more or fewer is another name.
    @Test func oneStarStaysBetweenDots() throws {
        let names = ["vision.layers.0.attn.out.weight", "vision.layers.0.weight", "t5.block.3.k"]
        let source = try NamedTensors(names.map { ($0, Tensor(1)) }).renamed(by: map)
        #expect(source.names == names)
    }

    @Test func renamesDropsSplitsAndJoins() throws {
        let source = try foreign.renamed(by: map)
        #expect(
            source.names == [
                "blocks.0.q_bias", "blocks.0.v_bias", "blocks.11.fc1.weight", "opt.model.decoder.weight", "t5.3.kv",
                "plain",
            ])
        #expect(try source.tensor(named: "blocks.0.q_bias").scalars == [1, 2])
        #expect(try source.tensor(named: "blocks.0.v_bias").scalars == [3, 4])
        #expect(source.shape(of: "blocks.0.v_bias") == [2])
        #expect(source.shape(of: "t5.3.kv") == [2, 2])
        #expect(try source.tensor(named: "t5.3.kv").scalars == [1, 3, 2, 4])
        #expect(try source.tensor(named: "plain").scalar == 8)
        #expect(source.shape(of: "bert.position_ids") == nil)
    }

    @Test func goesThereAndBack() throws {
        let back = try foreign.renamed(by: map).renamed(by: map.inverted)
        let kept = foreign.names.filter { $0 != "bert.position_ids" }
        #expect(Set(back.names) == Set(kept))
        for name in kept {
            #expect(back.shape(of: name) == foreign.shape(of: name))
            #expect(try back.tensor(named: name).scalars == foreign.tensor(named: name).scalars)
        }
    }

    @Test func refusesWhatDoesNotFit() throws {
        let biased = NamedTensors([("vision.layers.0.qkv.bias", Tensor([1, 2, 9, 0, 3, 4], shape: [6]))], origin: "f")
        #expect(
            message { try biased.renamed(by: map).tensor(named: "blocks.0.q_bias") }
                == "f: tensor vision.layers.0.qkv.bias: part 1 of 3 along axis 0 should be zeros and is not")
        let uneven = NamedTensors([("vision.layers.0.qkv.bias", Tensor([1, 2], shape: [2]))], origin: "f")
        #expect(
            message { try uneven.renamed(by: map).tensor(named: "blocks.0.q_bias") }
                == "f: tensor vision.layers.0.qkv.bias: cannot be cut into 3 parts along axis 0")
        let lonely = NamedTensors([("t5.0.k", Tensor([1], shape: [1, 1]))], origin: "f")
        #expect(try lonely.renamed(by: map).shape(of: "t5.0.kv") == nil)
        #expect(
            message { try lonely.renamed(by: map).tensor(named: "t5.0.kv") }
                == "f: tensor t5.0.kv: its parts t5.0.k, t5.0.v are missing or unequal")
        let clash = NamedTensors([("language.a", Tensor(1)), ("opt.a", Tensor(2))], origin: "f")
        #expect(
            message { try clash.renamed(by: map) } == "f: tensor opt.a: opt.a would be made from another tensor too")
    }
}
