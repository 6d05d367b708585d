import ArgumentParser
import Programs

@main
struct Evaluate: Program {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Scores what models write as the papers' tools do.",
        subcommands: [
            Captions.self, NoCaps.self, VQA.self, GQA.self, Retrieval.self, Frequencies.self, METEORFiles.self,
        ])

    static var examples: [String] { Captions.examples }
}
