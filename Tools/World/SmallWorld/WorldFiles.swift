import Foundation
import Images
import JSON
import TextTokenizers

/// Writes a world in the formats that data sets of photographs come in.
///
/// - `images/train`, `images/test`, `images/nocaps`: the pictures, one in eight PNG, the others JPEG;
/// - `annotations`: Karpathy's lists and COCO's ground truth for captions (also for retrieval), VQAv2's and GQA's files for
///   questions, NoCaps's list and ground truth, `sentences.json`; `annotations/okvqa`: OK-VQA's files;
/// - `labels.json`: what each picture shows;
/// - `bert/vocab.txt`, `opt/vocab.json`, `opt/merges.txt`, `t5/spiece.model`: vocabularies learned from captions and
///   sentences.
public struct WorldFiles {
    private let folder: URL
    private let painter: Painter
    private let world: World
    private let writer = JSONWriter()

    /// A writer of a world into a folder, which is made if it is not there.
    public init(_ world: World, in folder: URL) {
        self.world = world
        self.folder = folder
        painter = Painter(size: world.options.pictureSize)
    }

    /// Writes everything.
    ///
    /// - Throws: `FileError` when a file or folder cannot be written, or `ImageError`.
    public func write() throws {
        for name in ["images/train", "images/test", "images/nocaps", "annotations/okvqa", "bert", "opt", "t5"] {
            try FolderReplacement.make(folder.appendingPathComponent(name))
        }
        let train = world.records(.train)
        let test = world.records(.test)
        let noCaps = world.records(.noCaps)
        let sentences = world.sentences()
        try draw(train + test + noCaps)
        try writer.write(labels(train + test + noCaps), to: folder.appendingPathComponent("labels.json"))
        try write(CaptionAnnotations(train: train, test: test))
        try write(NoCapsAnnotations(records: noCaps))
        try write(.array(sentences.map { ["caption": .string($0)] }), "sentences.json")
        try write(QuestionAnnotations(train: train, test: test))
        try learnVocabularies(from: train.flatMap(\.captions) + sentences)
    }

    private func write(_ captions: CaptionAnnotations) throws {
        try write(captions.trainList, "coco_karpathy_train.json")
        try write(captions.testList, "coco_karpathy_test.json")
        try write(captions.groundTruth, "coco_karpathy_test_gt.json")
    }

    private func write(_ captions: NoCapsAnnotations) throws {
        try write(captions.list, "nocaps_val.json")
        try write(captions.groundTruth, "nocaps_val_gt.json")
    }

    private func write(_ questions: QuestionAnnotations) throws {
        try write(questions.trainList, "vqa_train.json")
        try write(questions.testList, "vqa_val_eval.json")
        try write(questions.answerList, "answer_list.json")
        try write(questions.officialQuestions, "v2_OpenEnded_mscoco_val2014_questions.json")
        try write(questions.officialAnnotations, "v2_mscoco_val2014_annotations.json")
        try write(questions.gqaList, "testdev_balanced_questions.json")
        let open = questions.open
        try write(open.testList, "okvqa/vqa_val_eval.json")
        try write(open.answerList, "okvqa/answer_list.json")
        try write(open.officialQuestions, "okvqa/OpenEnded_mscoco_val2014_questions.json")
        try write(open.officialAnnotations, "okvqa/mscoco_val2014_annotations.json")
    }

    private func write(_ tree: JSONTree, _ name: String) throws {
        try writer.write(tree, to: folder.appendingPathComponent("annotations/\(name)"))
    }

    private func draw(_ records: [World.Record]) throws {
        for record in records {
            let picture = painter.picture(of: record.scene)
            let bytes = record.isPNG ? try picture.png() : try picture.jpeg(quality: 92, fullChroma: true)
            try FileReplacement.write(bytes, to: folder.appendingPathComponent("images/\(record.file)"))
        }
    }

    private func labels(_ records: [World.Record]) -> JSONTree {
        .array(
            records.map { record in
                [
                    "image": .string(record.file), "image_id": .integer(record.id),
                    "split": .string(record.split.rawValue), "objects": .array(record.scene.objects.map(label)),
                ]
            })
    }

    private func label(_ object: SceneObject) -> JSONTree {
        let box = painter.box(of: object)
        return [
            "shape": .string(object.kind.form.rawValue), "colour": .string(object.kind.colour.rawValue),
            "size": .string(object.size.rawValue), "texture": .string(object.kind.texture.rawValue),
            "box": [.integer(box.x), .integer(box.y), .integer(box.width), .integer(box.height)],
        ]
    }

    /// The vocabularies hold every word of the world whole: their size is a bound, not a target.
    private func learnVocabularies(from texts: [String]) throws {
        let bytePairs = try BytePairTokenizer.trained(on: texts, vocabularyCount: 4096)
        try bytePairs.save(to: folder.appendingPathComponent("opt"))
        let wordPieces = try WordPieceTokenizer.trained(on: texts, vocabularyCount: 4096)
        try wordPieces.save(to: folder.appendingPathComponent("bert"))
        let pieces = try SentencePieceTokenizer.trained(on: texts + wordsWithMarks(in: texts), vocabularyCount: 1024)
        try pieces.save(to: folder.appendingPathComponent("t5"))
    }

    /// Each word of the texts with two marks behind it. libsentencepiece takes for pieces only what two different words
    /// have in common, marks included, and would cut up the many words here that have no relative.
    private func wordsWithMarks(in texts: [String]) -> [String] {
        let words = Set(texts.flatMap { $0.split { !$0.isLetter && !$0.isNumber } })
        return words.sorted().flatMap { ["\($0),", "\($0)?"] }
    }
}

extension World.Record {
    var isPNG: Bool { id % 8 == 0 }

    /// The picture file below `images`. COCO's tools take a picture's number from what follows the last underscore.
    public var file: String { "\(split.rawValue)/world_\(Self.padded(id)).\(isPNG ? "png" : "jpg")" }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
    }
}
