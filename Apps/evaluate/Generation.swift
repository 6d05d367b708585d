import ArgumentParser
import BLIP2
import Evaluation
import EvaluationMetrics
import Foundation
import Programs

/// The options of captions that a model writes.
struct Generation: ParsableArguments {
    @Option(help: "The folder of a captioner, such as the model/ of a finished stage 2.")
    var model: PathArgument?

    @Option(help: "The folder that the references' file names start from.")
    var images: PathArgument?

    @Option(help: "The file for the captions, as COCO's results.")
    var output: PathArgument?

    @Option(help: "Pictures that are read together; it changes speed and memory, not texts.")
    var batchSize = 16

    @OptionGroup var beams: BeamOptions

    func validate() throws {
        if !(1...1_000_000).contains(batchSize) {
            throw ValidationError("--batch-size is \(batchSize), wanted 1 to 1000000")
        }
    }

    /// Whether the options go together: a model needs pictures, and without one there is nothing to write.
    func validateUse(showsPictures: Bool) throws {
        if model != nil && images == nil { throw ValidationError("--model needs --images.") }
        if model == nil && images != nil && !showsPictures {
            throw ValidationError("--images needs --model or --html.")
        }
        if model == nil && output != nil { throw ValidationError("--output needs --model.") }
    }

    /// The captions of the model.
    func predictions(for references: CaptionReferences) throws -> CaptionPredictions {
        guard let model, let images else { throw ValidationError("--model and --images are wanted.") }
        var options = Captioner.Options()
        options.beamCount = beams.numBeams
        if let length = beams.maxLength { options.maximumLength = length }
        if let length = beams.minLength { options.minimumLength = length }
        let captioner = try Captioner(directory: model.url)
        return try CaptionGeneration(captioner, options: options, batchSize: batchSize).predictions(
            for: references, imagesIn: images.url, writingTo: output?.url)
    }
}
