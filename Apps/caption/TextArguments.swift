import ArgumentParser
import BLIP2
import LanguageModels
import Programs

/// How texts are written.
struct TextArguments: ParsableArguments {
    @OptionGroup var beams: BeamOptions

    @Option(help: "The power of its length that a text's score is divided by; 1, for answers -1 unless given.")
    var lengthPenalty: Float?

    @Option(help: "What scores of tokens that occurred are divided by.")
    var repetitionPenalty: Float = 1

    @Option(help: "Runs of this many tokens do not occur twice; 0 lets them.")
    var noRepeatNgramSize = 0

    @Option(help: "Texts for each picture, at most as many as beams.")
    var numCaptions = 1

    @Option(help: "Draw texts from the likeliest tokens that hold this share of probability, without beams.")
    var topP: Float?

    @Option(help: "What logits are divided by before a text is drawn.")
    var temperature: Float = 1

    @Option(help: "How many of the likeliest tokens a text is drawn from at most; 0 for all.")
    var topK = 50

    @Option(help: "Where the random draws come from.")
    var seed: UInt64 = 0

    func validate() throws {
        if !(1...1000).contains(numCaptions) {
            throw ValidationError("--num-captions is \(numCaptions), wanted 1 to 1000")
        }
        for (name, value) in [("--no-repeat-ngram-size", noRepeatNgramSize), ("--top-k", topK)] where value < 0 {
            throw ValidationError("\(name) is \(value), wanted at least 0")
        }
        for (name, value) in [("--repetition-penalty", repetitionPenalty), ("--temperature", temperature)]
        where !(value > 0 && value.isFinite) {
            throw ValidationError("\(name) is \(value), wanted a number above 0")
        }
        if let topP, !(topP > 0 && topP <= 1) {
            throw ValidationError("--top-p is \(topP), wanted above 0 and at most 1")
        }
        if topP == nil && numCaptions > beams.numBeams {
            throw ValidationError("--num-captions is \(numCaptions), wanted at most the \(beams.numBeams) beams")
        }
    }

    /// The options, where not given those of the use.
    func options(_ defaults: VisionLanguageParts.Options) -> VisionLanguageParts.Options {
        var options = defaults
        options.beamCount = beams.numBeams
        options.maximumLength = beams.maxLength ?? defaults.maximumLength
        options.minimumLength = beams.minLength ?? defaults.minimumLength
        options.lengthPenalty = lengthPenalty ?? defaults.lengthPenalty
        options.repetitionPenalty = repetitionPenalty
        options.unrepeatedRunLength = noRepeatNgramSize
        options.count = numCaptions
        options.sampling = topP.map { SamplingOptions(nucleus: $0, temperature: temperature, candidateLimit: topK) }
        options.seed = seed
        return options
    }
}
