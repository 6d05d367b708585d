import Foundation
import JSON

/// What `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` of a folder say.
struct TokenizerConfiguration {
    /// The folder.
    let directory: URL
    /// `tokenizer_class` without the `Fast` that some end in.
    private(set) var className: String?
    private let configuration: JSONValue?
    private let specialTokensMap: JSONValue?
    private let addedTokensMap: JSONValue?

    /// - Throws: `JSONError` when one of the files is there and no JSON object.
    init(_ directory: URL) throws {
        func root(_ name: String) throws -> JSONValue? {
            let url = directory.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: url.path) else { return nil }
            let root = try JSONDocument(contentsOf: url).root
            _ = try root.object
            return root
        }
        self.directory = directory
        configuration = try root("tokenizer_config.json")
        specialTokensMap = try root("special_tokens_map.json")
        addedTokensMap = try root("added_tokens.json")
        let name = try configuration?.optional("tokenizer_class")?.string
        className = name.map { $0.hasSuffix("Fast") ? String($0.dropLast(4)) : $0 }
    }

    /// Whether `tokenizer_config.json` is there.
    var isPresent: Bool { configuration != nil }

    /// Whether `tokenizer_class` is left out or a name that every family may bear.
    var hasGenericClass: Bool { className.map(Self.genericClasses.contains) ?? true }

    private static let genericClasses = ["PreTrainedTokenizer", "TokenizersBackend"]

    /// An integer of `tokenizer_config.json`.
    func integer(_ key: String) throws -> Int? { try configuration?.optional(key)?.int }

    /// Whether some file gives a token of this id.
    func lists(id: Int) throws -> Bool { try (describedTokens() + listedTokens()).contains { Int($0.id) == id } }

    /// A Boolean of `tokenizer_config.json`.
    func flag(_ key: String) throws -> Bool? { try configuration?.optional(key)?.bool }

    /// A special token by its role, such as `bos_token`, whether it stands as a string or as an object.
    func token(_ role: String) throws -> String? {
        for file in [configuration, specialTokensMap] {
            guard let value = try file?.optional(role) else { continue }
            return try value.kind == .object ? value["content"].string : value.string
        }
        return nil
    }

    /// The tokens beside a vocabulary of `count` tokens, in the order of their ids.
    ///
    /// - Parameter baseID: the id of a token in the vocabulary itself; files repeat some of these.
    /// - Throws: `TokenizerFileError` when the other tokens' ids do not follow on the vocabulary's.
    func addedTokens(count: Int, baseID: (String) -> Int32?) throws -> [AddedToken] {
        try Self.behind(describedTokens() + listedTokens(), count: count, directory, baseID: baseID)
    }

    /// The tokens that are not in the vocabulary itself.
    static func behind(
        _ tokens: [AddedToken], count: Int, _ url: URL, baseID: (String) -> Int32?
    ) throws(TokenizerFileError) -> [AddedToken] {
        let behind = tokens.filter { baseID($0.content) != $0.id }.sorted { $0.id < $1.id }
        for (place, token) in behind.enumerated() where Int(token.id) != count + place {
            throw TokenizerFileError(
                .gap, url, found: "the added token \(token.content) under the id \(token.id)",
                expected: "the id \(count + place), the next behind the vocabulary")
        }
        return behind
    }

    /// What `tokenizer_config.json` says of added tokens, as newer files do.
    private func describedTokens() throws -> [AddedToken] {
        guard let entries = try configuration?.optional("added_tokens_decoder")?.object else { return [] }
        return try entries.map { entry in
            guard let id = Int32(entry.key), id >= 0 else { throw entry.value.error("wanted an id for a key") }
            func flag(_ key: String) throws -> Bool { try entry.value.optional(key)?.bool ?? false }
            return AddedToken(
                try entry.value["content"].string, id: id, isSpecial: try flag("special"),
                stripsLeft: try flag("lstrip"), stripsRight: try flag("rstrip"))
        }
    }

    /// What `added_tokens.json` lists and `tokenizer_config.json` does not describe.
    private func listedTokens() throws -> [AddedToken] {
        guard let entries = try addedTokensMap?.object else { return [] }
        let described = Set(try describedTokens().map(\.id))
        let special = Set(try Self.roles.compactMap(token))
        return try entries.compactMap { entry in
            let id = Int32(clamping: try entry.value.int)
            return described.contains(id) ? nil : AddedToken(entry.key, id: id, isSpecial: special.contains(entry.key))
        }
    }

    private static let roles = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]
}
