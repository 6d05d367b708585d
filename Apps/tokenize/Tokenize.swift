import ArgumentParser
import Foundation
import JSON
import Programs
import TextTokenizers

@main
struct Tokenize: Program {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Turns lines of text into lines of ids, {\"ids\":[2,102,2335]}, and back.",
        discussion: "Reads FILE or standard input and writes to standard output, a line for each line.")

    static var examples: [String] {
        let start = "\(invocation) --tokenizer .demo/language/model"
        return [
            "echo 'a small red circle' | \(start)",
            "echo 'a small red circle' | \(start) | \(start) --decode",
        ]
    }

    @Option(help: "A folder with the tokenizer's files, as the Hugging Face libraries save them.")
    var tokenizer: PathArgument

    @Flag(help: "Turn ids into text.")
    var decode = false

    @Flag(
        inversion: .prefixedNo,
        help: """
            Put special tokens around each text; with --decode, show them. Without this option texts get them and \
            decoding leaves them out.
            """)
    var special: Bool?

    @Flag(help: "Texts are JSON, {\"text\":\"...\"}, so that they may hold line ends.")
    var json = false

    @Argument(help: "The file to read; standard input when left out.")
    var file: PathArgument?

    func run() throws {
        let tokenizer = try TextTokenizers.load(self.tokenizer.url)
        var lines = try LineReader(file?.path)
        let output = LineWriter()
        while let line = try lines.next() {
            if decode {
                let ids = try parsed(line, lines.count)["ids"].array
                let text = tokenizer.decode(
                    try ids.map { Int32(clamping: try $0.int) }, skippingSpecialTokens: !(special ?? false))
                try output.write(json ? JSONWriter().bytes(["text": .string(text)]) : Array(text.utf8))
            } else {
                let text = json ? try text(of: parsed(line, lines.count)) : String(decoding: line, as: UTF8.self)
                let ids = tokenizer.encode(text, addingSpecialTokens: special ?? true)
                try output.write(JSONWriter().bytes(["ids": .array(ids.map { .integer(Int($0)) })]))
            }
        }
        try output.flush()
    }

    /// The text of a line of JSON: a string, or an object with one.
    private func text(of root: JSONValue) throws -> String {
        try root.kind == .string ? root.string : root["text"].string
    }

    private func parsed(_ line: Data, _ number: Int) throws -> JSONValue {
        try JSONDocument(parsing: line, name: file?.path ?? "standard input", line: number).root
    }
}
