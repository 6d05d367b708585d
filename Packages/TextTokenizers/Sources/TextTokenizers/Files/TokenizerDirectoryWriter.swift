import Foundation
import JSON

/// Writes the files of a Hugging Face directory, each by way of a temporary one.
struct TokenizerDirectoryWriter {
    private let directory: URL

    init(_ directory: URL) { self.directory = directory }

    /// - Parameters:
    ///   - files: the vocabulary's own files by name.
    ///   - configuration: the members of `tokenizer_config.json`.
    ///   - roles: the members of `special_tokens_map.json`.
    ///   - added: the tokens beside the vocabulary.
    /// - Throws: `FileError` when a file cannot be written.
    func write(
        files: [String: [UInt8]], configuration: [(String, JSONTree)], roles: [(String, JSONTree)],
        added: [AddedToken]
    ) throws {
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) { try write(bytes, name) }
        var configuration = configuration
        if !added.isEmpty {
            let entries = added.map { (String($0.id), Self.description(of: $0)) }
            configuration.append(("added_tokens_decoder", .object(entries)))
            try write(tree: .object(added.map { ($0.content, .integer(Int($0.id))) }), "added_tokens.json")
        }
        try write(tree: .object(configuration), "tokenizer_config.json")
        try write(tree: .object(roles), "special_tokens_map.json")
    }

    private static func description(of token: AddedToken) -> JSONTree {
        [
            "content": .string(token.content), "lstrip": .bool(token.stripsLeft), "normalized": false,
            "rstrip": .bool(token.stripsRight), "single_word": false, "special": .bool(token.isSpecial),
        ]
    }

    private func write(tree: JSONTree, _ name: String) throws {
        try write(JSONWriter(indentation: 2).bytes(tree) + [0x0A], name)
    }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        try FileReplacement.write(bytes, to: directory.appendingPathComponent(name))
    }
}
