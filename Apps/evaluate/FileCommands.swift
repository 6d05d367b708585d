import ArgumentParser
import EvaluationMetrics
import Foundation
import JSON
import METEORConversion
import Programs

/// `evaluate idf`: document frequencies of references.
struct Frequencies: Program {
    static let configuration = CommandConfiguration(
        commandName: "idf", abstract: "Counts in how many images' references each n-gram stands, for `captions --idf`.")

    static var examples: [String] {
        let annotations = ".demo/world/annotations/coco_karpathy"
        return [
            "\(invocation) idf --references \(annotations)_train.json --output .demo/idf.json",
            "\(invocation) captions --idf .demo/idf.json --predictions .demo/pformer/predictions.json --references "
                + "\(annotations)_test.json",
        ]
    }

    @Option(help: "The captions people wrote: COCO's ground truth or a list as in Karpathy's split.")
    var references: PathArgument

    @Option(help: "Where the frequencies go.")
    var output: PathArgument

    func run() throws {
        let frequencies = try DocumentFrequencies(of: CaptionReferences(contentsOf: references.url))
        try frequencies.write(to: output.url)
        print("\(frequencies.nGramCount) n-grams that \(frequencies.imageCount) images share are in \(output).")
    }
}

/// `evaluate meteor-data`: METEOR's own data in one file.
struct METEORFiles: Program {
    static let configuration = CommandConfiguration(
        commandName: "meteor-data",
        abstract: "Converts METEOR's own data into the file that `captions --meteor` maps.",
        discussion: "The data are METEOR's; the Python package pycocoevalcap carries them in its folder meteor.")

    static let exampleSetting = "with METEOR's files"

    static var examples: [String] {
        [
            "\(invocation) meteor-data --jar meteor-1.5.jar --paraphrases data/paraphrase-en.gz --output meteor-en.data",
            "\(invocation) captions --meteor meteor-en.data --predictions .demo/pformer/predictions.json --references "
                + ".demo/world/annotations/coco_karpathy_test.json",
        ]
    }

    @Option(help: "METEOR 1.5's program, meteor-1.5.jar.")
    var jar: PathArgument

    @Option(help: "METEOR's paraphrases, paraphrase-en.gz.")
    var paraphrases: PathArgument

    @Option(help: "Where the data go.")
    var output: PathArgument

    func run() throws {
        let count = try METEORDistribution(jar: jar.url, paraphrases: paraphrases.url).convert(to: output.url)
        print("\(count) paraphrases and METEOR's word lists are in \(output).")
    }
}

/// `evaluate retrieval`: recall from a matrix of scores.
struct Retrieval: Program {
    static let configuration = CommandConfiguration(
        commandName: "retrieval", abstract: "Recall at 1, 5 and 10 of texts by images and of images by texts.")

    static let exampleSetting = "with scores of a model"

    static var examples: [String] {
        let references = "--references .demo/world/annotations/coco_karpathy_test.json"
        return [
            "\(invocation) retrieval --scores scores.npy \(references)",
            "\(invocation) retrieval --scores texts_by_images.npy --scores-by-text images_by_texts.npy \(references)",
        ]
    }

    @Option(help: "A row for each image, a column for each text: .npy, or a JSON list of rows.")
    var scores: PathArgument

    @Option(help: "The scores for images by texts where they differ, again a row for each image.")
    var scoresByText: PathArgument?

    @Option(help: "The captions people wrote, in the order of the columns, those of an image together.")
    var references: PathArgument

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let references = try CaptionReferences(contentsOf: references.url)
        let evaluation = try RetrievalEvaluation(
            ScoreMatrix(contentsOf: scores.url), captionCounts: references.images.map(\.captions.count),
            byText: scoresByText.map { try ScoreMatrix(contentsOf: $0.url) })
        print(json ? JSONWriter().text(evaluation.tree) : evaluation.table)
    }
}
