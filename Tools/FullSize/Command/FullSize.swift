import ArgumentParser
import Foundation
import Programs

@main
struct FullSize: Program {
    static let configuration = CommandConfiguration(
        commandName: "full-size",
        abstract: "Writes models of the published sizes with random weights, and measures how they run.",
        subcommands: [Write.self, Measure.self, Steps.self])

    static var exampleSetting: String { "with the files of a tokenizer in opt-2.7b" }

    static var examples: [String] {
        ["\(invocation) write --help", "\(invocation) measure --help"]
    }
}
