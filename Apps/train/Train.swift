import ArgumentParser
import Programs

@main
struct Train: Program {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains models by recipes, and shows how that went.",
        discussion: "`run` may be left out: train --cfg-path RECIPE --output-dir FOLDER [--resume] [--options ...]",
        subcommands: [Run.self, Report.self], defaultSubcommand: Run.self)

    static var examples: [String] { [Run.examples[1], Report.examples[0]] }
}
