import SmallWorld
import Testing

/// What a world with the pictures of the demo's, and fewer sentences, is made of.
struct WorldTests {
    private static let world: World = {
        var options = World.Options()
        options.sentenceCount = 6000
        return World(options: options)
    }()
    private static let train = world.records(.train)
    private static let test = world.records(.test)
    private static let sentences = world.sentences()
    private static var all: [World.Record] { train + test }

    private static func kinds(_ records: [World.Record]) -> Set<Kind> {
        Set(records.flatMap { $0.scene.objects.map(\.kind) })
    }

    @Test func thereIsEnoughToTell() {
        #expect(World.Options().sentenceCount >= 20_000 && Self.sentences.count == 6000)
        #expect(Self.train.count == 4000 && Self.test.count == 500)
        #expect(Form.allCases.count >= 8 && Colour.allCases.count >= 10 && Texture.allCases.count >= 4)
        #expect(Size.allCases.count == 3 && Relation.allCases.count >= 6)
        for records in [Self.train, Self.test] {
            let objects = records.flatMap(\.scene.objects)
            #expect(Set(objects.map(\.kind.form)) == Set(Form.allCases))
            #expect(Set(objects.map(\.kind.colour)) == Set(Colour.allCases))
            #expect(Set(objects.map(\.kind.texture)) == Set(Texture.allCases))
            #expect(Set(objects.map(\.size)) == Set(Size.allCases))
            #expect(Set(records.map(\.scene.objects.count)) == [1, 2, 3, 4])
        }
    }

    @Test func testPicturesShowKindsThatNoTrainingPictureShows() {
        let (train, test) = (Self.kinds(Self.train), Self.kinds(Self.test))
        #expect(train.isDisjoint(with: test))
        #expect(train.allSatisfy { !$0.isHeldOut } && test.allSatisfy(\.isHeldOut))
        #expect(train.count == 240 && test.count == 80)
    }

    @Test func objectsNeitherTouchNorLeaveThePicture() {
        for record in Self.all {
            let objects = record.scene.objects
            let isInside = objects.allSatisfy { object in
                [object.x, object.y].allSatisfy { $0 >= object.radius && $0 <= 64 - object.radius }
            }
            let isApart = objects.enumerated().allSatisfy { place, object in
                objects[..<place].allSatisfy { other in
                    let (dx, dy) = (object.x - other.x, object.y - other.y)
                    return (dx * dx + dy * dy).squareRoot() > object.radius + other.radius
                }
            }
            #expect(isInside && isApart, "\(record.id)")
        }
    }

    @Test func everyPictureHasFiveCaptionsThatAreRightByItsLabels() {
        for record in Self.all {
            let shown = Set(record.scene.objects.map { CaptionJudge.Pair($0.kind) })
            let textures = Set(record.scene.objects.map(\.kind.texture))
            let wrong = record.captions.filter { caption in
                let words = caption.split { !$0.isLetter }.map(String.init)
                let told = Texture.allCases.filter { $0.words.contains(where: words.contains) }
                return !CaptionJudge.isRight(caption, showing: shown) || !textures.isSuperset(of: told)
                    || words.count > 20
            }
            #expect(record.captions.count == 5 && wrong.isEmpty, "\(record.id): \(wrong)")
        }
        #expect(Double(Set(Self.train.flatMap(\.captions)).count) > 0.5 * Double(5 * Self.train.count))
    }

    @Test func numbersInCaptionsAreThoseOfTheLabels() {
        let numbers = ["two": 2, "three": 3, "four": 4]
        var found = 0
        var wrong: [String] = []
        for record in Self.all {
            let objects = record.scene.objects
            for caption in record.captions {
                let words = caption.split { !$0.isLetter }.map(String.init)
                for (place, word) in words.enumerated() {
                    let noun = words[(place + 1)...].first {
                        Form(word: $0) != nil || ["shapes", "things", "objects"].contains($0)
                    }
                    guard let number = numbers[word], let noun else { continue }
                    let count = Form(word: noun).map { form in objects.count { $0.kind.form == form } }
                    found += 1
                    if count.map({ $0 < number }) ?? (objects.count != number) { wrong.append(caption) }
                }
            }
        }
        #expect(wrong.isEmpty)
        #expect(found > 1000)
    }

    @Test func thereAreManyWordsAndSentencePatterns() {
        let texts = Self.train.flatMap(\.captions) + Self.sentences
        let words = Set(texts.flatMap { $0.lowercased().split { !$0.isLetter }.map(String.init) })
        #expect(words.count >= 150, "\(words.count) words")
        let patterns = Set(Self.train.prefix(1200).flatMap(\.captions).map(SentenceSkeleton.of))
        #expect(patterns.count >= 60, "\(patterns.count) patterns")
        // Were a slot not seen through, there would be far more.
        #expect(patterns.count <= 150, "\(patterns.sorted())")
    }

    @Test func oneSentenceInThreeIsAQuestionWithItsShortAnswer() {
        let asked = Self.sentences.filter { $0.contains("Question: ") }
        #expect(asked.count == Self.sentences.count / 3)
        let odd = asked.filter { text in
            let parts = text.split(separator: "Question: ").last?.split(separator: " Short answer: ") ?? []
            return parts.count != 2 || !parts[0].hasSuffix("?") || parts[1].contains(" ")
        }
        #expect(odd.isEmpty)
        #expect(Self.sentences.allSatisfy { $0.contains("Question: ") == $0.contains("Short answer: ") })
    }

    /// Six sentences in a row are about one scene, so each of them answers the questions among them.
    @Test func whetherSomethingIsThereFollowsFromTheTextAlone() throws {
        var answers: [Bool: Int] = [:]
        for start in stride(from: 0, to: Self.sentences.count, by: 6) {
            let document = Self.sentences[start..<min(start + 6, Self.sentences.count)]
            let told = Set(document.filter { !$0.contains("Question: ") }.flatMap(CaptionJudge.pairs))
            for text in document {
                let question = ["Question: is there a", "Question: can you see a"].lazy.compactMap {
                    text.range(of: $0)
                }
                guard let end = question.first?.upperBound else { continue }
                let wanted = try #require(CaptionJudge.pairs(in: String(text[end...])).first)
                let isThere = text.hasSuffix("Short answer: yes")
                #expect(isThere || text.hasSuffix("Short answer: no"), "\(text)")
                // A scene of many objects need not be told whole; what is told must be there.
                #expect(isThere || !told.contains(wanted), "\(text) in \(document)")
                if isThere == told.contains(wanted) { answers[isThere, default: 0] += 1 }
            }
        }
        #expect(answers.count == 2 && answers.values.allSatisfy { $0 > 30 }, "\(answers)")
    }

    @Test func aWorldFollowsFromItsSeed() {
        var options = World.Options()
        options.trainCount = 20
        options.sentenceCount = 20
        let (one, same) = (World(options: options), World(options: options))
        #expect(one.records(.train) == same.records(.train) && one.sentences() == same.sentences())
        options.seed = 43
        let other = World(options: options)
        #expect(zip(one.records(.train), other.records(.train)).allSatisfy { $0.scene != $1.scene })
        #expect(one.sentences() != other.sentences())
    }
}
