import Configuration
import Foundation

/// The section `datasets`: one data set, whose name tells its kind, with the folder `images` and `splits`.
public struct DataSection<Split: DataSplit>: Configurable, Sendable {
    /// The folder that the pictures' paths start from.
    public let images: URL
    /// By name, in the order of the file.
    public let splits: [(name: String, value: Split)]

    /// Reads the section.
    public init(from section: ConfigurationSection) throws {
        let data = try section.required(Split.dataName, as: Placed.self)
        (images, splits) = (data.images, data.splits)
    }

    private struct Placed: Configurable {
        let images: URL
        let splits: [(name: String, value: Split)]

        init(from section: ConfigurationSection) throws {
            images = try section.file("images")
            splits = try section.named("splits")
            if splits.isEmpty { throw section.error("splits", "is missing or empty, wanted splits by their names") }
        }
    }
}

/// The files of a split of a data set.
public protocol DataSplit: Configurable, Sendable {
    /// What the section `datasets` calls such a data set.
    static var dataName: String { get }
}

/// Pictures to caption.
public struct CaptionSplit: DataSplit {
    /// `captions`
    public static let dataName = "captions"
    /// The list of pictures.
    public let list: URL
    /// The captions people wrote; nil where they are the list's own, or are kept back.
    public let references: URL?

    /// Reads `list` and `references`.
    public init(from section: ConfigurationSection) throws {
        list = try section.file("list")
        references = try section.optionalFile("references")
    }
}

/// Questions to answer.
public struct QuestionSplit: DataSplit {
    /// `questions`
    public static let dataName = "questions"
    /// The list of questions.
    public let questions: URL
    /// The answers people gave; nil where they are the list's own, or are kept back.
    public let annotations: URL?

    /// Reads `questions` and `annotations`.
    public init(from section: ConfigurationSection) throws {
        questions = try section.file("questions")
        annotations = try section.optionalFile("annotations")
    }
}

/// Pictures and texts that are to find each other.
public struct RetrievalSplit: DataSplit {
    /// `pairs`
    public static let dataName = "pairs"
    /// The list of pictures with their captions.
    public let list: URL

    /// Reads `list`.
    public init(from section: ConfigurationSection) throws { list = try section.file("list") }
}

extension ConfigurationSection {
    fileprivate func file(_ key: String) throws -> URL { URL(fileURLWithPath: try required(key)) }

    fileprivate func optionalFile(_ key: String) throws -> URL? {
        try optional(key, as: String.self).map { URL(fileURLWithPath: $0) }
    }
}
