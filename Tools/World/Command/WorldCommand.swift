import ArgumentParser
import Foundation
import SmallWorld

/// Makes the small world.
@main
struct WorldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "world",
        abstract: "Makes a small world to train on: pictures of shapes, captions, questions, sentences, vocabularies.",
        discussion: """
            Test pictures show combinations of shape, colour and texture that no training picture shows. Equal options
            give equal bytes.

            Examples:
              world --output .demo/world
              world --output tiny --train 40 --test 10 --sentences 300
            """)

    @Option(help: "The folder to write, made if it is not there.")
    var output: String

    @Option(help: "Where all random draws come from.")
    var seed: UInt64 = 42

    @Option(help: "Training pictures.")
    var train = 4000

    @Option(help: "Test pictures.")
    var test = 500

    @Option(
        name: .customLong("nocaps"),
        help: "Pictures of known, mixed and novel kinds, as NoCaps has them; a multiple of 3.")
    var noCaps = 150

    @Option(help: "Sentences without pictures.")
    var sentences = 30_000

    @Option(help: "Width and height of the pictures, in pixels.")
    var size = 64

    func validate() throws {
        for (name, value) in [("train", train), ("test", test), ("sentences", sentences)] where value < 1 {
            throw ValidationError("--\(name) is \(value); at least 1 is wanted")
        }
        guard noCaps > 0, noCaps.isMultiple(of: 3) else {
            throw ValidationError("--nocaps is \(noCaps); a multiple of 3 is wanted")
        }
        guard (16...1024).contains(size) else { throw ValidationError("--size is \(size); 16 to 1024 is wanted") }
    }

    func run() throws {
        var options = World.Options()
        options.seed = seed
        options.trainCount = train
        options.testCount = test
        options.noCapsCount = noCaps
        options.sentenceCount = sentences
        options.pictureSize = size
        try WorldFiles(World(options: options), in: URL(fileURLWithPath: output)).write()
        print(
            "\(output): \(train) training and \(test) test pictures, \(noCaps) as NoCaps has them, \(sentences) sentences"
        )
    }
}
