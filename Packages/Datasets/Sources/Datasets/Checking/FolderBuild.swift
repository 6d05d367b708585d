import Foundation
import JSON
import Tensors

/// Makes annotation files of a folder of one's own: pictures that can be read, with their captions, as the recipes and
/// the reference read them.
public struct FolderBuild: Sendable {
    /// What was written.
    public struct Result: Sendable {
        /// The files.
        public var files: [URL] = []
        /// Captions for training.
        public var trainingCount = 0
        /// Pictures for validation.
        public var validationCount = 0
        /// What was left out and why, a sentence each.
        public var dropped: [String] = []
    }

    private let captions: FolderCaptions
    private let check: CaptionCheck
    /// The share of the pictures that is kept for validation.
    public var validationShare: Double
    /// What the choice of the pictures for validation descends from.
    public var seed: Int

    /// Reads the folder's list of files. Throws an error that names the folder if it holds no picture with captions.
    public init(_ folder: URL, validationShare: Double = 0, seed: Int = 42, check: CaptionCheck = CaptionCheck()) throws
    {
        captions = try FolderCaptions(folder)
        self.validationShare = validationShare
        self.seed = seed
        self.check = check
    }

    /// The number of captions, for progress.
    public var count: Int { captions.count }

    /// Decodes all pictures and writes `train.json`, with a share for validation also `validation.json`, and
    /// `dropped.json`, the list of what was left out. Throws an error that names a file that cannot be written.
    public func write(to output: URL, progress: (Int) -> Void = { _ in }) throws -> Result {
        // Pictures may take hours: whether the files can be made is found out before.
        try FolderReplacement.make(output)
        _ = try FileReplacement(of: output.appendingPathComponent("train.json"))
        let findings = check(captions, progress: progress)
        let unreadable = Set(findings.unreadable.map(\.sample))
        var result = Result()
        result.dropped = captions.withoutCaption.map { "\($0): has no .txt file beside it with a caption" }
        var reasons: Set<String> = []
        for sample in findings.unreadable where reasons.insert(sample.description).inserted {
            result.dropped.append(sample.description)
        }
        var pictures: [(path: String, captions: [String])] = []
        for number in 0..<captions.count where !unreadable.contains(number) {
            let sample = try captions.sample(number)
            let path = sample.imageID ?? ""
            if pictures.last?.path == path {
                pictures[pictures.count - 1].captions.append(sample.caption)
            } else {
                pictures.append((path, [sample.caption]))
            }
        }
        guard !pictures.isEmpty else { throw FileError(file: captions.name, problem: "holds no readable picture") }
        try write(pictures, to: output, &result)
        return result
    }

    private func write(_ pictures: [(path: String, captions: [String])], to output: URL, _ result: inout Result) throws
    {
        let order = SampleOrder(
            sampleCount: pictures.count, key: RandomKey(seed: UInt64(seed)).child("validation"))
        let kept = Set(order.epoch(0).prefix(Int((validationShare * Double(pictures.count)).rounded())))
        var training: [JSONTree] = []
        var validation: [JSONTree] = []
        for (number, picture) in pictures.enumerated() {
            if kept.contains(number) {
                validation.append([
                    "image": .string(picture.path), "caption": .array(picture.captions.map { .string($0) }),
                    "image_id": .integer(number),
                ])
            } else {
                training += picture.captions.map {
                    ["image": .string(picture.path), "caption": .string($0), "image_id": .string("own_\(number)")]
                }
            }
        }
        try Self.write(training, to: output.appendingPathComponent("train.json"), &result)
        if validationShare > 0 {
            try Self.write(validation, to: output.appendingPathComponent("validation.json"), &result)
        }
        try Self.write(
            result.dropped.map { .string($0) }, to: output.appendingPathComponent("dropped.json"), &result)
        result.trainingCount = training.count
        result.validationCount = validation.count
    }

    /// An array with one element a line.
    private static func write(_ elements: [JSONTree], to file: URL, _ result: inout Result) throws {
        let replacement = try FileReplacement(of: file)
        try replacement.append("[".utf8)
        for (number, element) in elements.enumerated() {
            try replacement.append((number == 0 ? "\n" : ",\n").utf8)
            try replacement.append(JSONWriter().bytes(element))
        }
        try replacement.append("\n]\n".utf8)
        try replacement.commit()
        result.files.append(file)
    }
}
