import ArgumentParser
import EvaluationMetrics
import Foundation
import JSON
import SmallWorld

/// Compares the demo's two captioners.
@main
struct Judge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge",
        abstract: "Scores and compares captions of the small world's test pictures.",
        discussion: """
            Prints a table and writes the same to results.json, and with three example pictures to report.html. Beside
            the usual scores it tells what the same captions score when each picture gets the caption of the next one
            that shows other objects, and the share of captions that name only colours and shapes that are there.
            """)

    @Option(help: "The small world's folder.")
    var world: String

    @Option(help: "Captions by the model that was trained with the P-Former: COCO results.")
    var pformer: String

    @Option(help: "Captions by the model that was trained without.")
    var baseline: String

    @Option(help: "Where results.json and report.html go.")
    var output: String

    @Option(help: "A command that captions a picture, for the report's end.")
    var command: String?

    func run() throws {
        let world = try JudgedWorld(folder: URL(fileURLWithPath: world))
        let results = try DemoResults(
            pformer: CaptionPredictions(contentsOf: URL(fileURLWithPath: pformer)),
            baseline: CaptionPredictions(contentsOf: URL(fileURLWithPath: baseline)), world)
        let folder = URL(fileURLWithPath: output)
        try JSONWriter(indentation: 2).write(results.tree, to: folder.appendingPathComponent("results.json"))
        let page = try DemoReport(results: results, world: world, command: command).page
        try FileReplacement.write(Array(page.text.utf8), to: folder.appendingPathComponent("report.html"))
        print("\n\(results.table)\n")
        print("\(output)/results.json has these numbers, \(output)/report.html three pictures with captions.")
        if let command { print("A picture of your own: \(command)") }
    }
}
