import ArgumentParser
import Programs

@main
struct Evaluate: Program {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Evaluates models, from pictures to scores, and scores files as the papers' tools do.",
        subcommands: [
            Run.self, Merge.self, Compare.self, Captions.self, NoCaps.self, VQA.self, GQA.self, Retrieval.self,
            Frequencies.self, METEORFiles.self,
        ])

    static var examples: [String] {
        let configurations = "Apps/evaluate/configurations/world"
        return [
            "\(invocation) run --cfg-path \(configurations)/gqa.yaml --output-dir .demo/evaluation/gqa",
            Captions.examples[0],
        ]
    }
}
