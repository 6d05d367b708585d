import ArgumentParser
import Programs

@main
struct Dataset: Program {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Checks, builds and shows sets of pictures with captions.",
        subcommands: [Check.self, Build.self, Show.self])

    static var examples: [String] { [Check.examples[0], Show.examples[0]] }
}
