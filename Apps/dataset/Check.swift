import ArgumentParser
import Configuration
import Datasets
import Foundation
import JSON
import Programs
import Reports

/// `dataset check`: every record resolves and decodes, or is named.
struct Check: Program {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Reads every record and decodes every picture of a recipe's sets.",
        discussion: "Prints counts for each set and the first problems. Exits with 1 if there is any.")

    static var examples: [String] {
        let recipe = "Apps/train/recipes/world/stage1.yaml"
        return ["\(invocation) check \(recipe)", "\(invocation) check \(recipe) --no-decode --json"]
    }

    @Argument(help: "The recipe, or any YAML file with a section datasets.pairs.")
    var recipe: PathArgument

    @Option(parsing: .upToNextOption, help: "Settings that go over the recipe's: datasets.pairs.images=photos")
    var options: [String] = []

    @Flag(inversion: .prefixedNo, help: "Decode the pictures; else only the records are read.")
    var decode = true

    @Option(help: "Threads; all processors unless given.")
    var threads: Int?

    @Option(help: "How many problems are printed for each set.")
    var problems = 10

    @Flag(help: "Print a JSON list, an object for each set.")
    var json = false

    func validate() throws {
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads is \(threads), wanted 1 to 256")
        }
        if problems < 0 { throw ValidationError("--problems is \(problems), wanted at least 0") }
    }

    func run() throws {
        let document = try ConfigurationDocument(contentsOf: recipe.url, options: options)
        let pairs = try document.decode(DataConfiguration.self).pairs
        var check = CaptionCheck(decodesPictures: decode)
        if let threads { check.threadCount = threads }
        let reports = try pairs.sets.map { name, set in
            let source = try set.open()
            let progress = ProgressLine(name.isEmpty ? "check" : name, counting: "samples", total: source.count)
            defer { progress.end() }
            return SetReport(name: name, findings: check(source) { progress.show($0) }, shown: problems)
        }
        print(json ? JSONWriter().text(.array(reports.map(\.tree))) : reports.map(\.text).joined(separator: "\n"))
        if reports.contains(where: { !$0.findings.unreadable.isEmpty }) { throw ExitCode.failure }
    }
}
