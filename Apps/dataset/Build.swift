import ArgumentParser
import Datasets
import Foundation
import JSON
import Programs
import Reports

/// `dataset build`: pictures of one's own to annotation files.
struct Build: Program {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Makes annotation files of a folder of pictures with text files beside them.",
        discussion: """
            photo.jpg and photo.txt make a sample for each line of the text. OUTPUT receives train.json, with \
            --validation-share also validation.json, and dropped.json, the list of what was left out.
            """)

    static var examples: [String] {
        let picture = "\"$(ls -d $PWD/.demo/world/images/test/*.jpg | head -1)\""
        return [
            "mkdir -p photos; cp \(picture) photos/1.jpg; echo 'a circle' >photos/1.txt; "
                + "\(invocation) build photos --output photos.annotations",
            "\(invocation) build photos --output photos.annotations --json",
        ]
    }

    @Argument(help: "The folder of pictures.")
    var folder: PathArgument

    @Option(help: "The folder for the files, made if it is not there.")
    var output: PathArgument

    @Option(help: "The share of the pictures that is kept for validation, 0 to 1.")
    var validationShare = 0.0

    @Option(help: "Where the random draws come from.")
    var seed = 42

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if !(0..<1).contains(validationShare) {
            throw ValidationError("--validation-share is \(validationShare), wanted 0 up to 1")
        }
        if seed < 0 { throw ValidationError("--seed is \(seed), wanted at least 0") }
    }

    func run() throws {
        let build = try FolderBuild(
            folder.url, validationShare: validationShare, seed: seed)
        let progress = ProgressLine("build", counting: "captions", total: build.count)
        let result = try build.write(to: output.url) { progress.show($0) }
        progress.end()
        print(json ? JSONWriter().text(tree(result)) : text(result))
    }

    private func text(_ result: FolderBuild.Result) -> String {
        let rest = result.dropped.count - 10
        return
            ([
                "\(result.trainingCount) captions, \(result.validationCount) pictures kept for validation, "
                    + "\(result.dropped.count) pictures left out"
            ]
            + result.dropped.prefix(10).map { "  \($0)" } + (rest > 0 ? ["  and \(rest) more, in dropped.json"] : [])
            + result.files.map(\.path)).joined(separator: "\n")
    }

    private func tree(_ result: FolderBuild.Result) -> JSONTree {
        [
            "captions": .integer(result.trainingCount), "validation_pictures": .integer(result.validationCount),
            "dropped": .array(result.dropped.map { .string($0) }),
            "files": .array(result.files.map { .string($0.path) }),
        ]
    }
}
