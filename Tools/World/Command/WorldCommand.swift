import ArgumentParser
import Foundation
import Programs
import SmallWorld

/// Makes the small world.
@main
struct WorldCommand: Program {
    static let configuration = CommandConfiguration(
        commandName: "world",
        abstract: "Makes a small world to train on: pictures of shapes, captions, questions, sentences, vocabularies.",
        discussion: """
            Test pictures show combinations of shape, colour and texture that no training picture shows. Equal options \
            give equal bytes.
            """)

    static var examples: [String] {
        let small = "--train 40 --test 10 --sentences 300"
        return ["\(invocation) --output .demo/small \(small)", "\(invocation) --output .demo/other \(small) --seed 7"]
    }

    @Option(help: "The folder for the files, made if it is not there.")
    var output: PathArgument

    @Option(help: "Where the random draws come from.")
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

    /// Pictures bear six digits.
    private static let most = 300_000

    func validate() throws {
        for (name, value) in [("train", train), ("test", test), ("sentences", sentences)]
        where !(1...Self.most).contains(value) {
            throw ValidationError("--\(name) is \(value), wanted 1 to \(Self.most)")
        }
        guard (1...Self.most).contains(noCaps), noCaps.isMultiple(of: 3) else {
            throw ValidationError("--nocaps is \(noCaps), wanted a multiple of 3 up to \(Self.most)")
        }
        guard (16...1024).contains(size) else { throw ValidationError("--size is \(size), wanted 16 to 1024") }
    }

    func run() throws {
        var options = World.Options()
        options.seed = seed
        options.trainCount = train
        options.testCount = test
        options.noCapsCount = noCaps
        options.sentenceCount = sentences
        options.pictureSize = size
        try WorldFiles(World(options: options), in: output.url).write()
        print(
            "\(output): \(train) training and \(test) test pictures, \(noCaps) as NoCaps has them, \(sentences) sentences"
        )
    }
}
