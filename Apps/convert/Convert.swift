import ArgumentParser
import BLIP2
import Checkpoints
import Foundation
import Programs
import Tensors

@main
struct Convert: Program {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Makes a folder that transformers and this project open, of any checkpoint of BLIP-2.",
        discussion: """
            Reads folders of transformers and files of LAVIS (.pth) of stages 0, 1 and 2, language models, EVA and \
            BERT. What LAVIS froze it does not store: name the image encoder's file and the language model's folder. \
            What a checkpoint has no use for is refused. The plan comes first: every key is used, absent by design \
            with its reason, missing or unexpected. Tensors pass through one at a time, and the folder appears whole \
            or not at all. With int8, the matrices of the image encoder and of the language model's layers have 8 bits \
            and a scale for each row, with outlying columns in bfloat16; other matrices keep their type, and all else \
            is in float32. This project alone reads such folders.
            """)

    static var examples: [String] {
        let model = ".demo/pformer/finetune/model"
        return [
            "\(invocation) --output .demo/half --dtype float16 \(model)", "\(invocation) --dry-run \(model)",
        ]
    }

    @Option(help: "The folder to make; a model's that stands there is replaced.")
    var output: PathArgument?

    @Option(help: "How weights are stored.")
    var dtype = WeightFormat.float16

    @Option(help: "The image encoder's file, such as eva_vit_g.pth, for checkpoints of LAVIS's stages 1 and 2.")
    var vision: PathArgument?

    @Option(
        help: "The language model's folder, such as opt-2.7b or flan-t5-xl, with its tokenizer, for those of stage 2.")
    var language: PathArgument?

    @Option(help: "A folder with tokenizer files, such as bert-base-uncased's vocab.txt for stages 0 and 1.")
    var tokenizer: PathArgument?

    @Option(help: "A config.json with the sizes; those of LAVIS's checkpoints are told by their shapes unless given.")
    var sizes: PathArgument?

    @Option(help: "Whose way of generating the folder records, lavis or hf; that of the checkpoint unless given.")
    var convention: Convention?

    @Option(help: "What captions continue; what the checkpoint's folder says unless given.")
    var prompt: String?

    @Option(help: "The most megabytes of a file.")
    var shardSize = 5000

    @Flag(help: "Print the plan and write nothing.")
    var dryRun = false

    @Argument(help: "A file of LAVIS, or a folder of transformers.")
    var checkpoint: PathArgument

    func validate() throws {
        if output == nil && !dryRun { throw ValidationError("--output or --dry-run is wanted.") }
        guard (1...1_000_000).contains(shardSize) else {
            throw ValidationError("--shard-size is \(shardSize), wanted 1 to 1000000")
        }
    }

    func run() throws {
        let conversion = try plan()
        for line in conversion.lines { print(line) }
        try conversion.check()
        guard let output, !dryRun else { return }
        try conversion.write(to: output.url)
        print("wrote \(output)")
    }

    private func plan() throws -> Conversion {
        do {
            return try Conversion(of: checkpoint.url, options: options)
        } catch let unused as Conversion.UnusedPart {
            throw ValidationError("--\(unused.part.rawValue) is of no use here: \(unused)")
        }
    }

    private var options: Conversion.Options {
        var options = Conversion.Options()
        options.storage = dtype
        options.vision = vision?.url
        options.language = language?.url
        options.tokenizer = tokenizer?.url
        options.sizes = sizes?.url
        options.convention = convention
        options.prompt = prompt
        options.folder = SafetensorsFolder(shardLimit: shardSize * 1_000_000)
        return options
    }
}

extension WeightFormat: ExpressibleByArgument {}
extension Convention: ExpressibleByArgument {}
