import Foundation
import JSON

/// `tokenizer.json`, in which the Hugging Face libraries write a whole tokenizer of any family.
///
/// Only what the three families' published files say is accepted; every other setting is an error that names its key.
struct TokenizerJSON {
    let url: URL
    let root: JSONValue
    let model: JSONValue

    /// - Throws: `JSONError` when the file is no such object.
    init(_ url: URL) throws {
        self.url = url
        root = try JSONDocument(
            contentsOf: url, limits: JSONLimits(bytes: TokenizerFile.byteLimit, depth: 64)
        ).root
        model = try root["model"]
    }

    /// The tokenizer, with the roles of special tokens that the files beside say.
    func tokenizer(_ configuration: TokenizerConfiguration) throws -> any Tokenizer {
        switch try modelType {
        case "BPE": return try bytePair(configuration)
        case "WordPiece": return try wordPiece(configuration)
        case "Unigram": return try unigram()
        case let type:
            throw unsupported("model.type \(type)", expected: "BPE, WordPiece or Unigram")
        }
    }

    /// Older files leave the type out.
    private var modelType: String {
        get throws {
            if let type = try model.optional("type") { return try type.string }
            if try model.optional("merges") != nil { return "BPE" }
            return try model.optional("unk_id") != nil ? "Unigram" : "WordPiece"
        }
    }

    /// The tokens that are found in a text before anything else is done to it.
    func addedTokens() throws -> [AddedToken] {
        try root.optional("added_tokens")?.array.map { entry in
            let id = try entry["id"].int
            guard 0...Int(Int32.max) ~= id else { throw entry.error("wanted an id and not \(id)") }
            func flag(_ key: String) throws -> Bool { try entry.optional(key)?.bool ?? false }
            if try flag("single_word") { throw entry.error("single_word is not supported") }
            return AddedToken(
                try entry["content"].string, id: Int32(id), isSpecial: try flag("special"),
                stripsLeft: try flag("lstrip"), stripsRight: try flag("rstrip"))
        } ?? []
    }

    /// The tokens that the post-processor puts in front of a text and behind it.
    func surroundings() throws -> (front: [String], back: [String]) {
        guard let processor = try root.optional("post_processor") else { return ([], []) }
        switch try processor["type"].string {
        case "ByteLevel": return ([], [])
        case "BertProcessing", "RobertaProcessing":
            return ([try processor["cls"].array.first?.string ?? ""], [try processor["sep"].array.first?.string ?? ""])
        case "TemplateProcessing": return try surroundings(template: processor["single"].array)
        case let type: throw unsupported("post_processor \(type)", expected: "TemplateProcessing")
        }
    }

    private func surroundings(template: JSONArray) throws -> (front: [String], back: [String]) {
        var front: [String] = []
        var back: [String] = []
        var isBehind = false
        for entry in template {
            if let special = try entry.optional("SpecialToken") {
                let token = try special["id"].string
                if isBehind { back.append(token) } else { front.append(token) }
            } else {
                isBehind = true
            }
        }
        return (front, back)
    }

    /// Throws unless a setting is left out or what the reading of this family rests on.
    func expect(_ key: String, of value: JSONValue, _ accepted: [JSONTree]) throws {
        guard let found = try value.optional(key) else { return }
        let text = try JSONWriter().text(found.tree)
        let wanted = accepted.map { JSONWriter().text($0) }
        if wanted.contains(text) { return }
        throw unsupported("\(key) \(text.prefix(60)) at \(value.path)", expected: wanted.joined(separator: " or "))
    }

    func unsupported(_ found: String, expected: String) -> TokenizerFileError {
        TokenizerFileError(.unsupported, url, found: found, expected: expected)
    }

    /// The parts of a normalizer or pre-tokenizer, of which a sequence has several.
    func parts(_ key: String, list: String) throws -> [JSONValue] {
        guard let value = try root.optional(key) else { return [] }
        return try value["type"].string == "Sequence" ? Array(value[list].array) : [value]
    }
}
