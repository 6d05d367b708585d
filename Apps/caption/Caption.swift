import ArgumentParser
import BLIP2
import Foundation
import JSON
import Programs

@main
struct Caption: Program {
    static let configuration = CommandConfiguration(
        commandName: "caption",
        abstract: "Writes captions of pictures.",
        discussion: """
            Each picture's caption is printed on a line of its own, after the file's name and a tab, or with --json \
            as {"image": ..., "caption": ...}. A picture that cannot be read is reported on standard error and does \
            not stop the others; the exit code is then 1.
            """)

    static var examples: [String] {
        let start = "\(invocation) --model .demo/pformer/finetune/model"
        return [
            "\(start) .demo/world/images/test/*1.jpg",
            "\(start) --json --num-beams 1 .demo/world/images/test/*.png",
        ]
    }

    @Option(help: "The folder of a captioner, such as the model/ of a finished stage 2.")
    var model: String

    @OptionGroup var beams: BeamOptions

    @Option(help: "What captions continue; the prompt that the model was trained with unless given.")
    var prompt: String?

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Argument(help: "JPEG or PNG files.")
    var images: [String]

    func run() throws {
        let captioner = try Captioner(directory: URL(fileURLWithPath: model))
        var hasFailed = false
        for image in images {
            do {
                print(line(image, try captioner.caption(imageAt: URL(fileURLWithPath: image), options: options)))
            } catch {
                report(error)
                hasFailed = true
            }
        }
        if hasFailed { throw ExitCode.failure }
    }

    private var options: Captioner.Options {
        var options = Captioner.Options()
        options.beamCount = beams.numBeams
        options.maximumLength = beams.maxLength
        options.minimumLength = beams.minLength
        options.prompt = prompt
        return options
    }

    private func line(_ image: String, _ caption: String) -> String {
        json ? JSONWriter().text(["image": .string(image), "caption": .string(caption)]) : "\(image)\t\(caption)"
    }

    private func report(_ error: any Error) {
        FileHandle.standardError.write(Data("caption: \(error)\n".utf8))
    }
}
