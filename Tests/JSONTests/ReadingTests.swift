import Foundation
import JSON
import Testing

private func parse(_ text: String, limits: JSONLimits = JSONLimits()) throws -> JSONValue {
    try JSONDocument(parsing: text.utf8, name: "test.json", limits: limits).root
}

private func message(_ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return "no error"
    } catch {
        return "\(error)"
    }
}

@Suite struct ReadingTests {
    @Test func readsEveryKind() throws {
        let root = try parse(
            #"{"text": "a\u00e9\ud83d\ude00", "int": -7, "big": 18446744073709551615, "double": 2.5e-3, "yes": true, "none": null, "list": [1, [], {}]}"#
        )
        #expect(try root["text"].string == "aé😀")
        #expect(try root["text"].utf8 == Array("aé😀".utf8))
        #expect(try root["int"].int == -7)
        #expect(try root["int"].double == -7)
        #expect(try root["big"].double == 0x1p64)
        #expect(try root["double"].double == 0.0025)
        #expect(try root["yes"].bool)
        #expect(try root["none"].isNull)
        #expect(try root.optional("none") == nil)
        #expect(try root.optional("absent") == nil)
        #expect(try root["list"].array.map(\.kind) == [.integer, .array, .object])
        #expect(try root["list"].array[1].array.isEmpty)
        #expect(try root.object.map(\.key) == ["text", "int", "big", "double", "yes", "none", "list"])
    }

    @Test func keepsCanonicallyEqualKeysApart() throws {
        let root = try parse("{\"\u{E0}\": 1, \"a\u{300}\": 2}")
        #expect(try root["\u{E0}"].int == 1)
        #expect(try root["a\u{300}"].int == 2)
        #expect(try root.object[1].keyUTF8 == [0x61, 0xCC, 0x80])
    }

    @Test(arguments: [
        (#"$["images"]"#, "test.json, $: has no key \"images\"; there are \"list\", \"odd key\""),
        ("int", "test.json, $.list[2].id: found the string \"12\", wanted an integer of at most 64 bits"),
        ("array", "test.json, $.list[2]: found an object, wanted an array"),
        ("fraction", "test.json, $.list[1]: found the number 1.5, wanted an integer of at most 64 bits"),
        ("key", "test.json, $[\"odd key\"]: found null, wanted an object with the key \"x\""),
    ])
    func namesPathAndTypes(access: String, expected: String) throws {
        let root = try parse(#"{"list": [0, 1.5, {"name": "n", "id": "12"}], "odd key": null}"#)
        let text = message {
            switch access {
            case "int": try root["list"].array[2]["id"].int
            case "array": try root["list"].array[2].array.count
            case "fraction": try root["list"].array[1].int
            case "key": try root["odd key"]["x"].int
            default: try root["images"].int
            }
        }
        #expect(text == expected)
    }

    @Test(arguments: [
        ("", "test.json: wanted JSON; it is empty"),
        ("\u{FEFF}{}", "test.json: wanted JSON; it is text with a byte order mark in front; save it as plain UTF-8"),
        ("\n <!DOCTYPE html>", "test.json: wanted JSON; it is an HTML or XML page; the download probably failed"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:0",
            "test.json: wanted JSON; it is a Git LFS pointer and not the file itself; fetch that with `git lfs pull`"
        ),
        ("{\"a\": 1,\n \"b\": NaN}", "test.json:2:7: NaN is not JSON (Python writes it unless told allow_nan=False)"),
        ("[-Infinity]", "test.json:1:3: Infinity is not JSON (Python writes it unless told allow_nan=False)"),
        ("[1, 2,]", "test.json:1:7: a comma stands before the end of the array"),
        ("{\"a\": 1,}", "test.json:1:9: a comma stands before the end of the object"),
        ("{'a': 1}", "test.json:1:2: wanted a key in double quotes, found '"),
        ("{\"a\" 1}", "test.json:1:6: wanted a colon after the key, found 1"),
        ("[True]", "test.json:1:2: True is not JSON; strings stand in double quotes"),
        ("[1] 2", "test.json:1:5: there is more after the end of the value"),
        ("[01]", "test.json:1:2: malformed number"),
        ("[1.]", "test.json:1:2: malformed number"),
        ("[1e400]", "test.json:1:2: the number is too large"),
        ("[123456789012345678901]", "test.json:1:2: the integer does not fit 64 bits"),
        ("[\"abc", "test.json:1:2: the string is never closed"),
        ("[\"a\nb\"]", "test.json:1:4: a control character stands unescaped in a string"),
        (#"["\x"]"#, "test.json:1:3: unknown escape"),
        (#"["\ud800"]"#, "test.json:1:3: half a surrogate pair"),
        (#"["\udc00x"]"#, "test.json:1:3: half a surrogate pair"),
        (#"["\ud800\u0041"]"#, "test.json:1:3: half a surrogate pair"),
        (#"["\u12"]"#, "test.json:1:3: an escape \\u needs four hexadecimal digits"),
        ("[[[[[1]]]]]", "test.json:1:5: nested deeper than the 4 levels accepted"),
        ("[1", "test.json:1:3: wanted a comma or the end of the array, found the end of the text"),
        ("{\"a\": {\"b\": [{\"c\": 1, \"c\": 2}]}}", "test.json, $.a.b[0].c: the key stands twice in its object"),
    ])
    func refuses(text: String, expected: String) {
        #expect(message { try parse(text, limits: JSONLimits(depth: 4)) } == expected)
    }

    /// A line of a file of lines: the line is the file's, not 1.
    @Test(arguments: [
        ("{\"a\" 1}", "log.jsonl:7:6: wanted a colon after the key, found 1"),
        ("", "log.jsonl:7: wanted JSON; it is empty"),
        ("{\"a\": 1, \"a\": 2}", "log.jsonl:7, $.a: the key stands twice in its object"),
        ("{\"a\": \"x\"}", "log.jsonl:7, $.a: found the string \"x\", wanted an integer of at most 64 bits"),
        ("{\"b\": 1}", "log.jsonl:7, $: has no key \"a\"; there are \"b\""),
    ])
    func namesTheLine(text: String, expected: String) {
        #expect(message { try JSONDocument(parsing: text.utf8, name: "log.jsonl", line: 7).root["a"].int } == expected)
    }

    @Test func acceptsTheDeepestAllowed() throws {
        #expect(try parse("[[[{}]]]", limits: JSONLimits(depth: 4)).array.count == 1)
    }

    @Test func refusesInvalidUTF8() {
        let bytes = Array("[\"ab".utf8) + [0xC3, 0x28] + Array("\"]".utf8)
        #expect(
            message { try JSONDocument(parsing: bytes, name: "t") } == "t:1:5: the bytes are not UTF-8")
    }

    @Test func findsDuplicatesAmongManyKeys() throws {
        let members = (0..<1000).map { "\"key\($0)\": \($0)" }
        let root = try parse("{\(members.joined(separator: ","))}")
        #expect(try root["key999"].int == 999)
        let twice = members + ["\"\\u006bey500\": 0"]
        #expect(
            message { try parse("{\(twice.joined(separator: ","))}") }
                == "test.json, $.key500: the key stands twice in its object")
    }

    @Test func holdsTheSizeLimit() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("json-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("numbers.json")
        try Data("[\(Array(repeating: "1", count: 500).joined(separator: ","))]".utf8).write(to: file)
        #expect(try JSONDocument(contentsOf: file).root.array.count == 500)
        #expect(
            message { try JSONDocument(contentsOf: file, limits: JSONLimits(bytes: 1000)) }
                == "\(file.path): has 1001 bytes, more than the 1000 that are accepted")
        #expect(message { try JSONDocument(contentsOf: folder) }.hasSuffix("Is a directory"))
        let absent = folder.appendingPathComponent("absent.json")
        #expect(message { try JSONDocument(contentsOf: absent) } == "\(absent.path): No such file or directory")
    }

    @Test func readsFilesWithoutASize() throws {
        #expect(
            message { try JSONDocument(contentsOf: URL(fileURLWithPath: "/dev/null")) }.hasSuffix(
                "wanted JSON; it is empty"))
        let endless = URL(fileURLWithPath: "/dev/zero")
        #expect(
            message { try JSONDocument(contentsOf: endless, limits: JSONLimits(bytes: 100_000)) }
                .contains("more than the 100000 that are accepted"))
    }

    /// Every mutant of a small text is either read or refused, and what is read can be walked.
    @Test func survivesMutants() throws {
        let seed = Array(
            #"{"a": [1, -2.5e3, "x\u00e9\n", {"b": null, "c": [true, false, []]}], "d": {"e": 18446744073709551615}}"#
                .utf8)
        var state: UInt64 = 42
        func draw(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0...draw(3) {
                let place = draw(bytes.count)
                switch draw(4) {
                case 0: bytes[place] = UInt8(draw(256))
                case 1: bytes.removeSubrange(place..<min(place + draw(9), bytes.count))
                case 2: bytes.insert(contentsOf: bytes[draw(place + 1)...place], at: place)
                default: bytes[place] = Array("{}[]\",:\\u019e-".utf8)[draw(14)]
                }
                if bytes.isEmpty { bytes = seed }
            }
            guard let document = try? JSONDocument(parsing: bytes, name: "mutant") else { continue }
            accepted += 1
            let written = JSONWriter().bytes(try document.root.tree)
            let again = try JSONDocument(parsing: written, name: "rewritten")
            #expect(JSONWriter().bytes(try again.root.tree) == written)
        }
        #expect(accepted > 100 && accepted < 20_000)
    }
}
