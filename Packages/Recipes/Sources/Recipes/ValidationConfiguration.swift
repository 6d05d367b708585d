import BLIP2
import Configuration
import Tensors
import Training

/// The section `validation` of `run`: how the run is judged meanwhile, by the set `validation` of `datasets`.
struct ValidationConfiguration: Configurable {
    /// Steps from one judgement to the next.
    var interval: Int
    /// The same in epochs; goes over the steps.
    var epochs: Double?
    /// The most batches that losses are taken on.
    var batchLimit: Int
    /// The number that makes the best checkpoint, which becomes the run's model; nil: the last one does.
    var criterion: String?
    /// Pictures to write captions of; nil for none.
    var captionCount: Int?
    /// How captions are written.
    var writing: Captioner.Options
    /// Whether the section says anything.
    let isWanted: Bool
    /// The error of a recipe whose model writes no captions.
    let captionsAreImpossible: ConfigurationError

    init(from section: ConfigurationSection) throws {
        interval = try section.value("steps", default: 1000)
        epochs = try section.optional("epochs")
        if let epochs, epochs <= 0 { throw section.error("epochs", "is \(epochs), wanted a number above 0") }
        batchLimit = try section.value("batches", default: 8)
        criterion = try section.optional("criterion")
        captionCount = try section.optional("captions")
        writing = Captioner.Options()
        let limits = VisionLanguageParts.Options.self
        writing.beamCount = try section.value("num_beams", default: writing.beamCount, in: limits.beamCounts)
        writing.maximumLength = try section.value("max_len", default: writing.maximumLength, in: limits.lengths)
        writing.minimumLength = try section.value("min_len", default: writing.minimumLength)
        isWanted = !section.keys.isEmpty
        captionsAreImpossible = section.error("captions", "is set, but only models of stage 2 write captions")
        for (key, value, least) in [
            ("steps", interval, 1), ("batches", batchLimit, 1), ("captions", captionCount ?? 2, 2),
            ("min_len", writing.minimumLength, 0),
        ] where value < least {
            throw section.error(key, "is \(value), wanted at least \(least)")
        }
    }

    /// Judgements of a stage by its losses on a source, and by captions.
    func validation<S: Stage, Source: BatchSource>(
        of stage: S, on source: Source, captions: CaptionJudge?, seed: Int, batchesPerEpoch: Int
    ) -> Validation where S.Batch == Source.Batch {
        let criterion = criterion.map {
            Validation.Criterion(name: $0, higherIsBetter: $0 != "loss" && !$0.hasPrefix("loss_"))
        }
        let interval = epochs.map { max(1, Int(($0 * Double(batchesPerEpoch)).rounded())) } ?? interval
        let batchCount = min(batchLimit, source.batchesPerEpoch)
        let key = RandomKey(seed: UInt64(seed)).child("validation losses")
        return Validation(interval: interval, criterion: criterion) {
            let losses = try Validation.losses(of: stage, on: source, batchCount: batchCount, key: key)
            let captions = try captions?.judge()
            return Judgement(losses + (captions?.numbers ?? []), samples: captions?.samples ?? [])
        }
    }
}
