import Datasets
import Foundation
import Images
import JSON
import SmallWorld
import Testing
import TextTokenizers

/// The files of a world are those of the data sets whose formats they have.
struct WorldFilesTests {
    private static let options: World.Options = {
        var options = World.Options()
        options.trainCount = 24
        options.testCount = 16
        options.noCapsCount = 12
        options.sentenceCount = 150
        return options
    }()
    private static let world = World(options: options)

    /// A folder with a world, gone when the last test ends.
    private final class Folder: Sendable {
        let url = FileManager.default.temporaryDirectory.appending(path: "world-\(UUID().uuidString)")

        init(_ options: World.Options) throws { try WorldFiles(World(options: options), in: url).write() }

        deinit { try? FileManager.default.removeItem(at: url) }

        var files: [String: Data] {
            get throws {
                let names = try FileManager.default.subpathsOfDirectory(atPath: url.path)
                let files = names.filter { !url.appending(path: $0).hasDirectoryPath }
                return Dictionary(
                    uniqueKeysWithValues: files.compactMap { name in
                        (try? Data(contentsOf: url.appending(path: name))).map { (name, $0) }
                    })
            }
        }
    }

    private let folder: Folder

    init() throws { folder = try Folder(Self.options) }

    private func url(_ name: String) -> URL { folder.url.appending(path: name) }

    private func json(_ name: String) throws -> JSONValue {
        try JSONDocument(contentsOf: url("annotations/\(name)")).root
    }

    @Test func equalOptionsGiveEqualBytesAndAnotherSeedGivesOthers() throws {
        let files = try folder.files
        #expect(files.count == 24 + 16 + 12 + 1 + 12 + 4 + 3 + 3 + 4)
        #expect(try Folder(Self.options).files == files)
        var options = Self.options
        options.seed = 43
        let others = try Folder(options).files
        for (name, data) in files where name.hasPrefix("images/") || name.hasPrefix("annotations/coco") {
            #expect(others[name] != data, "\(name)")
        }
    }

    @Test func captionsStandInKarpathysLists() throws {
        let (train, test) = (Self.world.records(.train), Self.world.records(.test))
        let list = try AnnotatedCaptions(
            contentsOf: url("annotations/coco_karpathy_train.json"), imagesIn: url("images"))
        var pairs: [[String]] = []
        for number in 0..<list.count {
            let sample = try list.sample(number)
            pairs.append([sample.picture.description, sample.caption, sample.imageID ?? ""])
        }
        var expected: [[String]] = []
        for record in train {
            let path = url("images/\(record.file)").path
            for caption in record.captions { expected.append([path, caption, "world_\(record.id)"]) }
        }
        #expect(pairs == expected)
        let images = try EvaluationList(
            contentsOf: url("annotations/coco_karpathy_test.json"), imagesIn: url("images"))
        #expect(images.images.map(\.captions) == test.map(\.captions))
        #expect(images.images.map(\.imageID) == test.map(\.id))
        #expect(images.images.map(\.image) == test.map(\.file))
        let sentences = try Sentences(contentsOf: url("annotations/sentences.json"))
        var texts: [String] = []
        for number in 0..<sentences.count { texts.append(try sentences.sentence(number)) }
        #expect(texts == Self.world.sentences())
    }

    @Test func theGroundTruthIsCOCOs() throws {
        let root = try json("coco_karpathy_test_gt.json")
        let test = Self.world.records(.test)
        #expect(try root["images"].array.map { try $0["id"].int } == test.map(\.id))
        let annotations = try root["annotations"].array.map { $0 }
        #expect(try annotations.map { try $0["id"].int } == Array(1...5 * test.count))
        let captions = try annotations.map { [try $0["image_id"].int.description, try $0["caption"].string] }
        #expect(captions == test.flatMap { record in record.captions.map { [record.id.description, $0] } })
    }

    @Test func questionsStandInVQAv2sFiles() throws {
        let (train, test) = (Self.world.records(.train), Self.world.records(.test))
        let trainList = try json("vqa_train.json").array.map { $0 }
        #expect(try trainList.map { try $0["question"].string } == train.flatMap { $0.questions.map(\.text) })
        for record in trainList {
            #expect(try record["answer"].array.map { $0 }.count == 10)
            #expect(try record["dataset"].string == "vqa")
            #expect(FileManager.default.fileExists(atPath: url("images/\(try record["image"].string)").path))
        }
        let ids = try json("vqa_val_eval.json").array.map { try $0["question_id"].int }
        #expect(ids.count == 5 * test.count && Set(ids).count == ids.count)
        let questions = try json("v2_OpenEnded_mscoco_val2014_questions.json")
        let annotations = try json("v2_mscoco_val2014_annotations.json")
        for (root, key) in [(questions, "questions"), (annotations, "annotations")] {
            let keys = try Set(root.object.map(\.key))
            #expect(keys.isSuperset(of: ["info", "data_type", "data_subtype", "license", key]))
            #expect(try root[key].array.map { try $0["question_id"].int } == ids)
            #expect(
                try root[key].array.map { try $0["image_id"].int }
                    == test.flatMap { [Int](repeating: $0.id, count: 5) })
        }
        #expect(try questions["task_type"].string == "Open-Ended")
        let answers = try Set(json("answer_list.json").array.map { try $0.string })
        for (annotation, question) in zip(try annotations["annotations"].array, test.flatMap(\.questions)) {
            #expect(try annotation["answer_type"].string == question.type.rawValue)
            #expect(try annotation["multiple_choice_answer"].string == question.answer)
            let given = try annotation["answers"].array.map { try $0["answer"].string }
            #expect(given.count == 10 && given.count { $0 == question.answer } >= 7)
            #expect(answers.contains(question.answer))
        }
    }

    @Test func gqaAsksForOneAnswerAndNoCount() throws {
        let expected = Self.world.records(.test).flatMap { record in
            record.questions.filter { $0.type != .number }.map { [record.file, $0.text, $0.answer] }
        }
        let list = try json("testdev_balanced_questions.json").array.map { $0 }
        #expect(
            try list.map { question in try ["image", "question", "answer"].map { try question[$0].string } } == expected
        )
        #expect(try Set(list.map { try $0["question_id"].int }).count == expected.count)
    }

    @Test func okVQAAsksOpenQuestions() throws {
        let open = Self.world.records(.test).flatMap(\.questions).filter { $0.type == .other }
        let questions = try json("okvqa/OpenEnded_mscoco_val2014_questions.json")["questions"].array.map { $0 }
        #expect(try questions.map { try $0["question"].string } == open.map(\.text))
        let annotations = try json("okvqa/mscoco_val2014_annotations.json")["annotations"].array.map { $0 }
        #expect(try annotations.map { try $0["question_id"].int } == questions.map { try $0["question_id"].int })
        #expect(try annotations.allSatisfy { try $0["answer_type"].string == "other" })
        #expect(try json("okvqa/vqa_val_eval.json").array.map { $0 }.count == open.count)
    }

    @Test func noCapsTellsItsDomains() throws {
        let records = Self.world.records(.noCaps)
        let list = try json("nocaps_val.json").array.map { $0 }
        #expect(try list.map { try $0["img_id"].int } == records.map(\.id))
        #expect(try list.map { try $0["image"].string } == records.map(\.file))
        let truth = try json("nocaps_val_gt.json")
        let domains = try truth["images"].array.map { try $0["domain"].string }
        #expect(domains == ["in-domain", "near-domain", "out-domain"].flatMap { [String](repeating: $0, count: 4) })
        for (record, domain) in zip(records, domains) {
            let known = record.scene.objects.map { !$0.kind.isHeldOut }
            switch domain {
            case "in-domain": #expect(!known.contains(false))
            case "out-domain": #expect(!known.contains(true))
            default: #expect(known.contains(true) && known.contains(false))
            }
        }
        #expect(try truth["annotations"].array.map { $0 }.count == 5 * records.count)
    }

    @Test func picturesShowWhatTheLabelsSay() throws {
        let labels = try JSONDocument(contentsOf: url("labels.json")).root.array.map { $0 }
        let records = World.Split.allCases.flatMap(Self.world.records)
        #expect(labels.count == records.count)
        for (label, record) in zip(labels, records) {
            #expect(try label["image_id"].int == record.id && label["split"].string == record.split.rawValue)
            let objects = try label["objects"].array.map { $0 }
            let named = try objects.map { object in
                try ["shape", "colour", "size", "texture"].map { try object[$0].string }
            }
            #expect(
                named
                    == record.scene.objects.map {
                        [$0.kind.form.rawValue, $0.kind.colour.rawValue, $0.size.rawValue, $0.kind.texture.rawValue]
                    })
            let file = url("images/\(try label["image"].string)")
            let data = try Data(contentsOf: file)
            #expect(data.prefix(2) == (file.pathExtension == "png" ? Data([0x89, 0x50]) : Data([0xff, 0xd8])))
            let boxes = try objects.map { try $0["box"].array.map { try $0.int } }
            try expect(boxes, in: Image(contentsOf: file), background: record.scene.background, "\(record.id)")
        }
        #expect(Set(records.map { URL(filePath: $0.file).pathExtension }) == ["png", "jpg"])
    }

    /// The ground is grey where no object is, and in the box of each object something is not like it.
    private func expect(_ boxes: [[Int]], in image: Image, background: Double, _ name: String) throws {
        #expect(image.width == 64 && image.height == 64)
        func isGround(_ x: Int, _ y: Int) -> Bool {
            let pixel = image.pixels[(y * 64 + x) * 3..<(y * 64 + x) * 3 + 3].map(Double.init)
            return pixel.allSatisfy { abs($0 - background) < 24 }
        }
        func isNear(_ box: [Int], _ x: Int, _ y: Int, margin: Int) -> Bool {
            (box[0] - margin..<box[0] + box[2] + margin).contains(x)
                && (box[1] - margin..<box[1] + box[3] + margin).contains(y)
        }
        var covered = [Int](repeating: 0, count: boxes.count)
        var strangeCount = 0
        for y in 0..<64 {
            for x in 0..<64 where !isGround(x, y) {
                for (place, box) in boxes.enumerated() where isNear(box, x, y, margin: 0) { covered[place] += 1 }
                // The blocks of a JPEG carry a little of an object over its edge.
                if !boxes.contains(where: { isNear($0, x, y, margin: 8) }) { strangeCount += 1 }
            }
        }
        #expect(strangeCount == 0, "\(name)")
        for (count, box) in zip(covered, boxes) { #expect(count * 5 > box[2] * box[3], "\(name): \(box)") }
    }

    @Test func edgesAreSmooth() throws {
        let record = try #require(
            Self.world.records(.train).first { $0.file.hasSuffix("png") && $0.scene.objects.count < 3 })
        let image = try Image(contentsOf: url("images/\(record.file)"))
        let levels = Set((0..<64 * 64).map { Array(image.pixels[$0 * 3..<$0 * 3 + 3]) })
        #expect(levels.count > 60, "\(levels.count) colours")
    }

    @Test func theVocabulariesHoldEveryWordThatRepeatsWhole() throws {
        let texts = Self.world.records(.train).flatMap(\.captions) + Self.world.sentences()
        let wordPieces = try WordPieceTokenizer(directory: url("bert"))
        let unknown = try #require(wordPieces.id(of: "[UNK]"))
        for token in ["[PAD]", "[CLS]", "[SEP]", "[MASK]"] { #expect(wordPieces.id(of: token) != nil) }
        let bytePairs = try BytePairTokenizer(directory: url("opt"))
        #expect(bytePairs.encode("\n", addingSpecialTokens: false).count == 1)
        #expect(bytePairs.specialTokens.beginning == 2 && bytePairs.specialTokens.padding == 1)
        let pieces = try SentencePieceTokenizer(directory: url("t5"))
        #expect(pieces.id(of: "<extra_id_99>") != nil)
        var counts: [String: Int] = [:]
        for text in texts {
            for word in text.split(separator: " ") {
                counts[word.trimmingCharacters(in: .punctuationCharacters), default: 0] += 1
            }
            #expect(!wordPieces.encode(text).contains(unknown), "\(text)")
            #expect(bytePairs.decode(bytePairs.encode(text), skippingSpecialTokens: true) == text)
            #expect(pieces.decode(pieces.encode(text), skippingSpecialTokens: true) == text)
        }
        let repeated = counts.filter { $0.value > 1 }.map(\.key)
        #expect(repeated.count > 80)
        for word in repeated {
            #expect(wordPieces.encode(word, addingSpecialTokens: false).count == 1, "\(word)")
            #expect(pieces.encode(word, addingSpecialTokens: false).count == 1, "\(word)")
        }
    }
}
