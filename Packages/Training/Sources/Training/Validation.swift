import Layers
import Tensors

/// What a model was found to be worth.
public struct Judgement: Sendable {
    /// Numbers by name.
    public var numbers: [(name: String, value: Double)]
    /// Things it made, to be looked at.
    public var samples: [Sample]

    /// A judgement of these numbers and samples.
    public init(_ numbers: [(name: String, value: Double)] = [], samples: [Sample] = []) {
        self.numbers = numbers
        self.samples = samples
    }

    /// What a model said of something.
    public struct Sample: Sendable, Hashable {
        /// What it is about, such as a picture's file.
        public var name: String
        /// What the model wrote.
        public var text: String
        /// What it was shown.
        public var picture: Picture?

        /// A text about something.
        public init(name: String, text: String, picture: Picture? = nil) {
            self.name = name
            self.text = text
            self.picture = picture
        }
    }

    /// A picture as the bytes of a PNG file.
    public struct Picture: Sendable, Hashable {
        /// The file's bytes.
        public var png: [UInt8]
        /// Its width in pixels.
        public var width: Int
        /// Its height in pixels.
        public var height: Int

        /// A picture of this size.
        public init(png: [UInt8], width: Int, height: Int) {
            self.png = png
            self.width = width
            self.height = height
        }
    }
}

/// How a run is judged while it trains, on data that it does not learn from.
public struct Validation {
    /// What says which checkpoint is the best.
    public struct Criterion: Hashable, Sendable {
        /// The name of the number.
        public var name: String
        /// Whether more of it is better.
        public var higherIsBetter: Bool

        /// A number to compare checkpoints by.
        public init(name: String, higherIsBetter: Bool) {
            self.name = name
            self.higherIsBetter = higherIsBetter
        }
    }

    /// Steps from one judgement to the next; there is one at the beginning and one at the end in any case.
    public var interval: Int
    /// What says which checkpoint is the best; nil: none is kept as such.
    public var criterion: Criterion?
    /// Judges the model as it is.
    public var judge: () throws -> Judgement

    /// A judgement every `interval` steps.
    public init(interval: Int, criterion: Criterion? = nil, judge: @escaping () throws -> Judgement) {
        precondition(interval > 0, "\(interval) steps between judgements")
        self.interval = interval
        self.criterion = criterion
        self.judge = judge
    }

    /// Losses on the first batches of a source, without dropout and with draws that are the same each time: the mean of
    /// their sum as `loss`, and of each term under its name.
    ///
    /// - Parameters:
    ///   - stage: what is trained
    ///   - source: data that it does not learn from
    ///   - batchCount: how many batches
    ///   - key: what the draws descend from
    public static func losses<S: Stage, Source: BatchSource>(
        of stage: S, on source: Source, batchCount: Int, key: RandomKey
    ) throws -> [(name: String, value: Double)] where S.Batch == Source.Batch {
        var source = source
        var means = LossMeans()
        for number in 0..<batchCount {
            let batch = try source.batch(number)
            means.add(
                try withoutGradients { try stage.losses(on: batch, .evaluation(key: key.child(UInt64(number)))) })
        }
        return [("loss", means.total)] + means.terms
    }
}
