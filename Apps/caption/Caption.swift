import ArgumentParser
import BLIP2
import Foundation
import Images
import JSON
import Programs
import Reports
import Tensors

@main
struct Caption: Program {
    static let configuration = CommandConfiguration(
        commandName: "caption",
        abstract: "Writes captions of pictures, answers questions about them, matches them with a text.",
        discussion: """
            Each picture's result is printed on a line of its own, after the file's name and a tab, or with --json as one \
            object. --output writes them to a file instead: COCO's results (.json), .jsonl or .csv; a run that was \
            stopped goes on where it was. A picture that cannot be read is reported on standard error and does not stop \
            the others; the exit code is then 1. --attention writes maps of where the queries look in each picture.
            """)

    static var examples: [String] {
        let start = "\(invocation) --model .demo/pformer/finetune/model"
        return [
            "\(start) .demo/world/images/test/*1.jpg",
            "\(start) --json --num-beams 1 .demo/world/images/test/*.png",
        ]
    }

    enum Features: String, ExpressibleByArgument { case image, text, multimodal }

    @Option(
        help: "A model's folder: of stage 2 or later for captions and answers, of stage 1 for --match and --features.")
    var model: PathArgument

    @Option(help: "Answer this question in place of writing captions.")
    var question: String?

    @Option(help: "What a question is put into, at {}.")
    var template = QuestionAnswerer.Options().template

    @Option(help: "Tell how well this text fits: the probability that both belong together, and their similarity.")
    var match: String?

    @Option(help: "Print vectors: of image or text alone, or multimodal, of both together. --text gives the text.")
    var features: Features?

    @Option(help: "The text of --features text or multimodal.")
    var text: String?

    @Option(help: "What captions continue; the prompt that the model was trained with unless given.")
    var prompt: String?

    @OptionGroup(title: "Writing texts")
    var writing: TextArguments

    @OptionGroup(title: "Weights")
    var weights: WeightOptions<WeightFormat>

    @Option(help: "Whose way of generating is followed, lavis or hf; what the model's folder says unless given.")
    var convention: Convention?

    @Option(
        help: "Pixels to a side of the pictures, to whose grid the positions are fitted; the model's own unless given.")
    var imageSize: Int?

    @Option(help: "Pictures that are read together; it changes speed and memory, not texts.")
    var batchSize = 8

    @Option(help: "A file with the path of a picture on each line, seen from its folder.")
    var list: PathArgument?

    @Option(help: "The file for the results: .json (COCO's results), .jsonl or .csv.")
    var output: PathArgument?

    @Flag(help: "Write each text beside its picture, in a .txt file; pictures that have one are passed over.")
    var beside = false

    @Option(
        help: ArgumentHelp(
            "A folder for maps of where the queries look: NAME.png over the picture, the numbers in NAME.safetensors.",
            valueName: "folder"))
    var attention: PathArgument?

    @Flag(help: "With --attention, a map of each query beside the one of their mean.")
    var eachQuery = false

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Flag(help: "Print how large the model is and how much memory it will take, and stop.")
    var dryRun = false

    @Argument(help: "JPEG, PNG or WebP files, or folders of them.")
    var images: [PathArgument] = []

    func validate() throws {
        if !(1...1_000_000).contains(batchSize) {
            throw ValidationError("--batch-size is \(batchSize), wanted 1 to 1000000")
        }
        if let imageSize, imageSize < 1 { throw ValidationError("--image-size is \(imageSize), wanted at least 1") }
        if !template.isEmpty && !template.contains("{}") {
            throw ValidationError("--template is \"\(template)\", wanted {} for the question")
        }
        let uses = [question, match, features?.rawValue].compactMap { $0 }.count
        if uses > 1 { throw ValidationError("--question, --match and --features exclude each other.") }
        if (features == .text || features == .multimodal) != (text != nil) {
            throw ValidationError("--text goes with --features text or multimodal, which need it.")
        }
        if (match != nil || features != nil) && weights.languageDtype != nil {
            throw ValidationError("--language-dtype is for captions and answers; no language model is asked for this.")
        }
        if beside && (output != nil || match != nil || features != nil) {
            throw ValidationError("--beside is for captions and answers, without --output.")
        }
        if attention != nil && (match != nil || features != nil || dryRun) {
            throw ValidationError("--attention is for captions and answers.")
        }
        if eachQuery && attention == nil { throw ValidationError("--each-query needs --attention.") }
        if images.isEmpty && list == nil && features != .text && !dryRun {
            throw ValidationError("Pictures are wanted: files, folders or --list.")
        }
    }

    func run() throws {
        if dryRun { return try printEstimate() }
        if features == .text { return try printTextFeatures() }
        let pictures = try PictureList(images.map(\.path), list: list?.url).paths
        let maps = try attention.map { try AttentionFolder($0.url, showsEachQuery: eachQuery, of: pictures) }
        let sink = try sink()
        let use = try use()
        let waiting = pictures.filter { !sink.isDone($0) }
        let progress = ProgressLine(
            "caption", counting: "pictures", total: pictures.count, start: pictures.count - waiting.count)
        var hasFailed = false
        for start in stride(from: 0, to: waiting.count, by: batchSize) {
            let batch = waiting[start..<min(start + batchSize, waiting.count)]
            hasFailed = try !run(use, Array(batch), maps, sink, progress) || hasFailed
            // Lines that appear on the terminal show by themselves how far it is.
            if !sink.isOnTerminal { progress.show(pictures.count - waiting.count + batch.endIndex) }
        }
        progress.end()
        try sink.finish(pictures)
        if hasFailed { throw ExitCode.failure }
    }

    /// The results of a batch; whether all of its pictures could be read.
    private func run(
        _ use: Use, _ batch: [String], _ maps: AttentionFolder?, _ sink: Sink, _ progress: ProgressLine
    ) throws -> Bool {
        var (names, opened): ([String], [Image]) = ([], [])
        for name in batch {
            do {
                opened.append(try Image(contentsOf: URL(fileURLWithPath: name)))
                names.append(name)
            } catch {
                progress.end()
                FileHandle.standardError.write(Data("caption: \(error)\n".utf8))
            }
        }
        if opened.isEmpty { return false }
        for (name, result) in zip(names, try use.results(for: opened, watching: maps != nil)) {
            // The maps first: a picture that has its result is passed over when a run goes on.
            if let maps, let (map, square) = result.attention { try maps.write(map, over: square, of: name) }
            try sink.put(name, result)
        }
        return names.count == batch.count
    }

    private var formats: WeightFormats {
        WeightFormats(weights.dtype, vision: weights.visionDtype, language: weights.languageDtype)
    }

    private func use() throws -> Use {
        let directory = model.url
        if let match {
            return .matches(try Matcher(directory: directory, imageSize: imageSize, formats: formats), match)
        }
        if features != nil {
            let extractor = try FeatureExtractor(directory: directory, imageSize: imageSize, formats: formats)
            return text.map { .jointFeatures(extractor, $0) } ?? .imageFeatures(extractor)
        }
        let parts = try VisionLanguageParts(
            directory: directory, convention: convention, imageSize: imageSize, formats: formats)
        if let question {
            var options = QuestionAnswerer.Options()
            options.text = writing.options(options.text)
            options.template = template
            return .answers(QuestionAnswerer(parts), question, options)
        }
        var options = Captioner.Options()
        options.text = writing.options(options.text)
        options.prompt = prompt
        return .captions(Captioner(parts), options)
    }

    private func sink() throws -> Sink {
        if let output { return .file(try ResultFile(output.url, settings: settings)) }
        if beside { return .beside }
        return json ? .lines : .table
    }

    /// What results depend on.
    private var settings: String {
        "\(model.url.standardizedFileURL.path) \(question ?? "") \(template) \(match ?? "") "
            + "\(features?.rawValue ?? "") \(text ?? "") \(prompt ?? "") \(convention?.rawValue ?? "") \(imageSize ?? 0) "
            + "\(attention?.path ?? "") \(eachQuery) \(formats) \(writing.options(VisionLanguageParts.Options()))"
    }

    private func printTextFeatures() throws {
        let extractor = try FeatureExtractor(directory: model.url, formats: formats)
        let result = Use.rows(extractor.features(of: [text ?? ""]).vectors)[0]
        print(json ? JSONWriter().text(.object([("text", .string(text ?? ""))] + result.members)) : result.text)
    }

    private func printEstimate() throws {
        let defaults = question == nil ? VisionLanguageParts.Options() : QuestionAnswerer.Options().text
        let estimate = try MemoryEstimate(
            directory: model.url, batchSize: batchSize, options: writing.options(defaults), imageSize: imageSize,
            formats: formats)
        if json { print(JSONWriter().text(estimate.tree)) } else { for line in estimate.lines { print(line) } }
    }
}

extension Convention: ExpressibleByArgument {}
extension WeightFormat: ExpressibleByArgument {}
