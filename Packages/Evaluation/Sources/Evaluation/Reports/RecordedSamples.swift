import Foundation
import JSON

/// The samples of a finished split as its folder keeps them.
struct RecordedSamples {
    /// The folder of a split.
    let folder: URL
    /// `captioning`, `vqa`, `gqa` or `retrieval`.
    let task: String
    /// The data's files with their hashes, in the order in which the task names them.
    let data: [(file: String, hash: String)]
    /// In the order of the data.
    let samples: [JSONValue]

    /// What tells samples of a task from each other.
    private static let identities = ["question_id", "image_id", "image", "text"]
    /// The per-sample scores that make up a mean.
    private static let scores = ["accuracy", "CIDEr", "ROUGE_L", "txt_r1", "img_r1"]

    /// Opens a folder.
    ///
    /// - Throws: an error that names the file that is missing or wrong.
    init(_ folder: URL) throws {
        let file = folder.appendingPathComponent("results.json")
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw FileError(file: file.path, problem: "is not there; wanted the folder of a finished split")
        }
        let results = try JSONDocument(contentsOf: file).root
        self.folder = folder
        task = try results["task"].string
        data = try results["data"].array.map { (try $0["file"].string, try $0["sha256"].string) }
        let lines = folder.appendingPathComponent("samples.jsonl")
        let mapped = try MappedFile(lines)
        samples = try withExtendedLifetime(mapped) {
            try mapped.bytes.split(separator: 0x0A).enumerated().map { number, line in
                try JSONDocument(parsing: line, name: lines.path, line: number + 1).root
            }
        }
    }

    /// What a sample is called; the same in another run on the same data.
    func identity(_ number: Int) throws -> String {
        for key in Self.identities {
            if let value = try samples[number].optional(key) {
                return "\(key) \(value.kind == .string ? try value.string : String(try value.int))"
            }
        }
        throw samples[number].error("has none of \(Self.identities.joined(separator: ", "))")
    }

    /// The scores of all samples that have any, by name: the numbers of the samples and their scores.
    var scoresByName: [(name: String, numbers: [Int], values: [Double])] {
        get throws {
            try Self.scores.compactMap { name in
                let found = try samples.indices.compactMap { number in
                    try samples[number].optional(name).map { (number, try $0.double) }
                }
                return found.isEmpty ? nil : (name, found.map(\.0), found.map(\.1))
            }
        }
    }
}
