import Foundation
import JSON

/// Reads `vocab.json`: one object of spelled tokens and ids.
enum VocabularyJSON {
    /// The tokens in the order of their ids.
    ///
    /// - Throws: `JSONError` on text that is no such object and on tokens that come twice; `TokenizerFileError` on ids
    ///   that come twice and ids that are left out.
    static func read(_ url: URL) throws -> TokenList {
        let document = try JSONDocument(
            contentsOf: url, limits: JSONLimits(bytes: TokenizerFile.byteLimit, depth: 64))
        return try tokens(document.root, url)
    }

    /// The tokens of an object of spelled tokens and ids.
    static func tokens(_ vocabulary: JSONValue, _ url: URL) throws -> TokenList {
        let members = try vocabulary.object
        var places = [Int](repeating: -1, count: members.count)
        for (place, member) in members.enumerated() {
            let id = try member.value.int
            guard members.indices ~= id else {
                throw TokenizerFileError(
                    .gap, url, found: "\(name(member)) under the id \(id) among \(members.count) tokens",
                    expected: "ids from 0 to \(members.count - 1)")
            }
            guard places[id] < 0 else {
                throw TokenizerFileError(
                    .duplicate, url, found: "the id \(id) for \(name(members[places[id]])) and for \(name(member))",
                    expected: "every id once")
            }
            places[id] = place
        }
        var tokens = TokenList()
        for place in places {
            let token = members[place].keyUTF8
            if token.isEmpty {
                throw TokenizerFileError(.malformed, url, found: "an empty token", expected: "tokens of some bytes")
            }
            tokens.append(token)
        }
        return tokens
    }

    private static func name(_ member: JSONObject.Member) -> String { TokenizerFileError.quoted(member.keyUTF8) }
}
