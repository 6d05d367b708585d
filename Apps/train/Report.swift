import ArgumentParser
import Foundation
import JSON
import Programs
import Training

/// Shows runs beside each other.
struct Report: Program {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Draws the curves of runs over each other, in one page that needs nothing beside itself.",
        discussion: "A run may still be going on. The files that TensorBoard reads lie in the runs' folders, too.")

    static var examples: [String] {
        [
            "\(invocation) report .demo/pformer/stage2 .demo/baseline/stage2 --output .demo/stage2.html",
            "\(invocation) report .demo/language --output .demo/language.html",
        ]
    }

    @Argument(help: "Folders of runs.")
    var runs: [PathArgument]

    @Option(help: "The page, an HTML file.")
    var output: PathArgument

    func run() throws {
        let report = try RunReport(folders: runs.map(\.url))
        try FileReplacement.write(Array(report.page.text.utf8), to: output.url)
        print("report: \(output)")
    }
}
