import Foundation
import JSON
import Testing

/// Large arrays that are parsed some elements at a time, beside documents of the whole.
@Suite struct ElementTests {
    private func withFile<Result>(_ text: String, _ body: (URL) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("elements-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url)
    }

    /// Some 12 MB, three pieces, with whatever could be taken for an end.
    private func elements(_ count: Int = 200_000) -> [String] {
        (0..<count).map { number in
            switch number % 5 {
            case 0: "{\"id\": \(number), \"text\": \"a, b] } \\\" \\\\\", \"list\": [[], {}, [1, \"]\"]]}"
            case 1:
                "[\(number), [\"\\\\\", {\"annotations\": [1]}], \"\(String(repeating: "x", count: number % 300))\"]"
            case 2: "\n  \"é, \\u005d \(number)\""
            case 3: "\(number)"
            default: "null"
            }
        }
    }

    private func read(_ url: URL) throws -> [String] {
        var texts: [String] = []
        try JSONDocument.forEachElement(of: "annotations", in: url) { texts.append(text($0)) }
        return texts
    }

    /// The value as text, without blanks.
    private func text(_ value: JSONValue) -> String {
        switch value.kind {
        case .object:
            "{" + ((try? value.object.map { "\($0.key):\(text($0.value))" }) ?? []).joined(separator: ",") + "}"
        case .array: "[" + ((try? value.array.map(text)) ?? []).joined(separator: ",") + "]"
        case .string: ((try? value.string) ?? "").debugDescription
        case .integer: (try? value.int).map(String.init) ?? "no integer"
        default: "null"
        }
    }

    @Test func handsOutWhatADocumentHolds() throws {
        let list = "[" + elements().joined(separator: ",") + "]"
        let member =
            "{\"info\": {\"annotations\": [7]}, \"x\": \"annotations\", \"annotations\": \(list), \"last\": [\"]\"]}"
        let wanted = try JSONDocument(parsing: list.utf8, name: "list").root.array.map(text)
        #expect(list.utf8.count > 9 << 20 && wanted.count == 200_000)
        #expect(try withFile(list, read) == wanted)
        #expect(try withFile(" \n" + member, read) == wanted)
        for (text, count) in [("[]", 0), (" [ ] ", 0), ("{\"annotations\": [ ]}", 0), ("[[]]", 1), ("[1,2]", 2)] {
            #expect(try withFile(text, read).count == count, "\(text)")
        }
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test func errorsNameTheirPlaceInTheFile() throws {
        let list = "[" + elements().joined(separator: ",") + "]"
        for (text, path) in [(list, "$"), ("{\"annotations\": \(list)}", "$.annotations")] {
            try withFile(text) { url in
                var number = 0
                let error = message {
                    try JSONDocument.forEachElement(of: "annotations", in: url) { element in
                        if number == 100_001 { _ = try element.array[1].array[1]["id"] }
                        number += 1
                    }
                }
                #expect(error.contains("\(path)[100001][1][1]: has no key \"id\""), "\(error)")
            }
        }
    }

    /// What a document of the whole says, a reader of elements says too.
    @Test(arguments: [
        "[1, 2", "[1, 2}", "[1, 2]]", "[1,, 2]", "[1, 2,]", "[,1]", "[1] x", "{\"annotations\": [1, 2]",
        "{\"annotations\" [1]}",
        "{\"annotations\": [1], \"annotations\": [2]}", "{\"x\": 1, \"annotations\": [1], \"x\": 2}",
        "{\"annotations\": [\"a\"b]}",
        "{\"annotations\": [{\"a\": 1, \"a\": 2}]}", "{\"annotations\": [\"\\ud800\"]}", "[NaN]", "", "{", "[\"",
        "[\"\\", "[{]}]",
        "{\"annotations\": {\"a\": [1]}}", "{\"other\": [1]}", "\"annotations\"", "{\"a\": \"annotations\": [1]}",
    ])
    func mistakesAreThoseOfTheWhole(_ text: String) throws {
        try withFile(text) { url in
            let wanted = message {
                let root = try JSONDocument(contentsOf: url).root
                _ = try (root.kind == .object ? root["annotations"] : root).array
            }
            #expect(wanted != "no error")
            #expect(message { _ = try read(url) } == wanted)
        }
    }

    @Test func mistakesFarInsideAreThoseOfTheWhole() throws {
        var elements = elements()
        for mistake in ["{\"a\" 1}", "[1, 2", "tru", "\"\u{1}\"", "", "{\"a\": 1, \"a\": 2}"] {
            let original = elements[90_000]
            elements[90_000] = mistake
            try withFile("{\"annotations\": [" + elements.joined(separator: ",\n") + "]}") { url in
                let wanted = message { _ = try JSONDocument(contentsOf: url) }
                #expect(message { _ = try read(url) } == wanted, "\(mistake)")
                #expect(wanted != "no error")
            }
            elements[90_000] = original
        }
    }

    @Test func limitsAreThoseOfTheWhole() throws {
        let deep = "{\"annotations\": [" + String(repeating: "[", count: 9) + String(repeating: "]", count: 9) + "]}"
        try withFile(deep) { url in
            for depth in 9...12 {
                let limits = JSONLimits(depth: depth)
                let wanted = message { _ = try JSONDocument(contentsOf: url, limits: limits) }
                #expect(
                    message { try JSONDocument.forEachElement(of: "annotations", in: url, limits: limits) { _ in } }
                        == wanted)
            }
            let small = JSONLimits(bytes: 10)
            #expect(throws: JSONError.self) {
                try JSONDocument.forEachElement(of: "annotations", in: url, limits: small) { _ in }
            }
        }
    }
}
