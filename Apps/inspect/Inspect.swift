import ArgumentParser
import BLIP2
import Foundation
import JSON
import Programs

@main
struct Inspect: Program {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Tells what a checkpoint holds, and what is needed beside it.",
        discussion: """
            Reads the head of safetensors files and the pickle of PyTorch's (.pth, pytorch_model.bin), as plain values: \
            nothing in a file is executed, and no tensor is read.
            """)

    static var examples: [String] {
        let model = ".demo/pformer/finetune/model"
        return ["\(invocation) \(model)", "\(invocation) --keys \(model)/model.safetensors"]
    }

    @Flag(help: "Print every tensor's name, type and shape.")
    var keys = false

    @Flag(help: "Print all of it as one JSON object.")
    var json = false

    @Argument(help: "A file, an index of several, or a model's folder.")
    var checkpoint: PathArgument

    func run() throws {
        let inspection = try CheckpointInspection(checkpoint.url)
        if json { return print(JSONWriter().text(inspection.tree)) }
        for line in inspection.lines { print(line) }
        guard keys else { return }
        for entry in inspection.entries {
            print("\(entry.name)\t\(entry.type.rawValue)\t\(entry.shape)")
        }
    }
}
