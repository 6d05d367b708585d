import Tensors

/// A small world: pictures of shapes with captions and questions, and sentences without pictures. All of it follows from
/// the options alone.
public struct World: Sendable {
    /// What a world is made of.
    public struct Options: Hashable, Sendable {
        /// Where all draws come from.
        public var seed: UInt64 = 42
        /// Training pictures.
        public var trainCount = 4000
        /// Test pictures.
        public var testCount = 500
        /// Pictures of known, mixed and novel kinds in equal numbers, as NoCaps has them; a multiple of 3.
        public var noCapsCount = 150
        /// Sentences without pictures.
        public var sentenceCount = 30_000
        /// Width and height of the pictures, in pixels.
        public var pictureSize = 64

        /// The world of the demo.
        public init() {}
    }

    /// The sets of pictures.
    public enum Split: String, Hashable, Sendable, CaseIterable {
        case train, test
        case noCaps = "nocaps"
    }

    /// How a picture's objects stand to those of the training pictures, by NoCaps's names.
    public enum Domain: String, Hashable, Sendable, CaseIterable {
        /// All are of kinds that training pictures show.
        case known = "in-domain"
        /// Some are of such kinds and some are not.
        case mixed = "near-domain"
        /// None is.
        case novel = "out-domain"
    }

    /// One picture before it is drawn, and what is said and asked about it.
    public struct Record: Hashable, Sendable {
        /// Counts from 1 through all splits.
        public let id: Int
        /// The set it belongs to.
        public let split: Split
        /// What it shows.
        public let scene: Scene
        /// How far that is from the training pictures.
        public var domain: Domain { Domain(of: scene) }
        /// Five.
        public let captions: [String]
        /// Two to be answered by yes or no, one by a number, two by something else.
        public let questions: [Question]
    }

    /// What the world is made of.
    public let options: Options

    /// The world that follows from the options.
    public init(options: Options = Options()) { self.options = options }

    /// The pictures of a split, in the order of their numbers.
    public func records(_ split: Split) -> [Record] {
        let numbers = numbers(of: split)
        return numbers.map { id in
            switch split {
            case .train: record(id, split, .known)
            case .test: record(id, split, .novel)
            case .noCaps: record(id, split, Domain.allCases[(id - numbers.lowerBound) * 3 / numbers.count])
            }
        }
    }

    private func numbers(of split: Split) -> Range<Int> {
        let counts = [options.trainCount, options.testCount, options.noCapsCount]
        let place = Split.allCases.firstIndex(of: split) ?? 0
        let first = 1 + counts[..<place].reduce(0, +)
        return first..<first + counts[place]
    }

    /// The sentences without pictures; six in a row are about one scene.
    public func sentences() -> [String] {
        let key = RandomKey(seed: options.seed).child("sentences")
        let writer = SentenceWriter()
        let count = SentenceWriter.sentencesPerScene
        let scenes = (0..<(options.sentenceCount + count - 1) / count).map { number in
            var dice = Dice(key.child(UInt64(number)))
            return writer.sentences(&dice)
        }
        return Array(scenes.joined().prefix(options.sentenceCount))
    }

    private func record(_ id: Int, _ split: Split, _ domain: Domain) -> Record {
        let key = RandomKey(seed: options.seed).child(split.rawValue).child(UInt64(id))
        var drawing = Dice(key.child("scene"))
        let scene = domain.scene(&drawing)
        var writing = Dice(key.child("captions"))
        let writer = CaptionWriter(sizeShare: 0.3, textureShare: 0.4)
        let captions = (0..<5).map { _ in writer.caption(of: scene, &writing) }
        var asking = Dice(key.child("questions"))
        let types: [Question.AnswerType] = [.yesNo, .yesNo, .number, .other, .other]
        let questions = types.map { QuestionWriter(scene: scene).question($0, &asking) }
        return Record(id: id, split: split, scene: scene, captions: captions, questions: questions)
    }
}

extension World.Domain {
    /// The domain of what a scene shows.
    init(of scene: Scene) {
        let novel = scene.objects.count { $0.kind.isHeldOut }
        self = novel == 0 ? .known : novel == scene.objects.count ? .novel : .mixed
    }

    /// A random scene of this domain.
    fileprivate func scene(_ dice: inout Dice) -> Scene {
        let kinds = Kind.all.filter { self == .mixed || $0.isHeldOut == (self == .novel) }
        while true {
            let scene = Scene.random(of: kinds, &dice)
            if World.Domain(of: scene) == self { return scene }
        }
    }
}
