import ArgumentParser
import CSentencePieceLoop
import Foundation
import TextTokenizers

/// The three families of tokenizers on captions, beside the Python libraries and libsentencepiece called from C++.
struct TokenizerBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizers",
        abstract: "Tokenizers on 10 MB of captions, and their loading, beside Python's tokenizers and sentencepiece.",
        discussion: """
            Needs real vocabularies and captions: a folder with captions/*.json, in the format of COCO, and beside it \
            assets/bert-base-uncased-vocab.txt, gpt2-vocab.json, gpt2-merges.txt and t5-spiece.model. \
            --python wants the packages tokenizers and sentencepiece.
            """)

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "The folder; by default the environment variable BLIP_ORACLE.")
    var folder: String?

    mutating func run() throws {
        let path = folder ?? ProcessInfo.processInfo.environment["BLIP_ORACLE"] ?? ""
        guard !path.isEmpty else {
            print("\n## Tokenizers\n\nNot measured: neither --folder nor BLIP_ORACLE names captions and vocabularies.")
            return
        }
        let ceilings = options.begin("Tokenizers")
        let oracle = URL(fileURLWithPath: path, isDirectory: true)
        let assets = oracle.deletingLastPathComponent().appendingPathComponent("assets")
        let captions = try Captions(oracle.appendingPathComponent("captions"), byteCount: 10_000_000)
        // A Python without these packages is for other benchmarks.
        let peer = options.interpreter.flatMap { interpreter in
            try? TokenizerPeer(interpreter, assets: assets, captions: captions)
        }
        print(
            """
            \(captions.lines.count) captions, \(captions.byteCount) bytes, special tokens left out; MB/s of text, \
            medians of \(options.rounds) rounds, ids compared before. \
            \(peer?.name ?? "No Python with tokenizers and sentencepiece was given").

            """)
        try measureEncoding(captions, assets, peer, threads: ceilings.threads)
        try measureLoading(assets)
    }

    private func measureEncoding(_ captions: Captions, _ assets: URL, _ peer: TokenizerPeer?, threads: Int) throws {
        let table = Table("tokenizer", "1 thread", "\(threads) threads", "Python", "ratio", "C++", "ratio")
        for (name, title, make) in TokenizerFiles.all {
            let tokenizer = try make(TokenizerFiles(assets))
            let expected = captions.checksum(captions.encode(tokenizer))
            var sides: [Side] = [
                { seconds { _ = captions.encode(tokenizer) } },
                { seconds { _ = tokenizer.encode(captions.lines, threadCount: threads) } },
            ]
            if let peer {
                try peer.check(name, expected)
                sides.append { try peer.seconds(name) }
            }
            let loop = name == "t5" ? try CLoop(assets, captions, expected) : nil
            if let loop { sides.append { try loop.seconds() } }
            let rates = try takingTurns(rounds: options.rounds, sides).map { Double(captions.byteCount) / 1e6 / $0 }
            let python = peer == nil ? ["", ""] : [rate(rates[2]), ratio(rates[0] / rates[2])]
            let other =
                loop == nil ? ["", ""] : [rate(rates[rates.count - 1]), ratio(rates[0] / rates[rates.count - 1])]
            table.row([title, rate(rates[0]), rate(rates[1])] + python + other)
        }
    }

    private func measureLoading(_ assets: URL) throws {
        print("\nMilliseconds from the files to a tokenizer, in the file system's cache.\n")
        let table = Table("tokenizer", "loading")
        for (_, title, make) in TokenizerFiles.all {
            let times = try takingTurns(
                rounds: options.rounds, [{ try seconds { _ = try make(TokenizerFiles(assets)) } }])
            table.row([title, milliseconds(times[0])])
        }
    }

    private func rate(_ value: Double) -> String { String(format: "%.1f", value) }
}

/// The published vocabularies.
private struct TokenizerFiles: Sendable {
    private let folder: URL

    init(_ folder: URL) { self.folder = folder }

    static let all: [(name: String, title: String, make: @Sendable (TokenizerFiles) throws -> any Tokenizer)] = [
        ("opt", "byte-level BPE, OPT", { try $0.opt() }), ("bert", "WordPiece, BERT uncased", { try $0.bert() }),
        ("t5", "SentencePiece, T5", { try $0.t5() }),
    ]

    private func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    func opt() throws -> BytePairTokenizer {
        try BytePairTokenizer(vocabularyFile: file("gpt2-vocab.json"), mergesFile: file("gpt2-merges.txt"))
    }

    func bert() throws -> WordPieceTokenizer {
        try WordPieceTokenizer(vocabularyFile: file("bert-base-uncased-vocab.txt"))
    }

    func t5() throws -> SentencePieceTokenizer { try SentencePieceTokenizer(modelFile: file("t5-spiece.model")) }
}

/// Captions of COCO files, repeated up to a size.
private struct Captions: Sendable {
    let lines: [String]
    let byteCount: Int

    init(_ folder: URL, byteCount wanted: Int) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        var all: [String] = []
        for name in names where name.contains("refs") && !name.hasPrefix("edge") {
            let data = try Data(contentsOf: folder.appendingPathComponent(name))
            let file = try JSONDecoder().decode(File.self, from: data)
            all += file.annotations.map { $0.caption.split(separator: "\n").joined(separator: " ") }
        }
        guard all.contains(where: { !$0.isEmpty }) else { throw ValidationError("\(folder.path) has no captions") }
        var lines: [String] = []
        var count = 0
        while count < wanted {
            for line in all where count < wanted {
                lines.append(line)
                count += line.utf8.count
            }
        }
        self.lines = lines
        byteCount = count
    }

    private struct File: Decodable {
        struct Annotation: Decodable { let caption: String }
        let annotations: [Annotation]
    }

    func encode(_ tokenizer: any Tokenizer) -> [[Int32]] {
        lines.map { tokenizer.encode($0, addingSpecialTokens: false) }
    }

    func checksum(_ ids: [[Int32]]) -> Int {
        ids.joined().reduce(0) { ($0 * 31 + Int($1) + 1) % 1_000_000_007 }
    }
}

/// The Python libraries.
private final class TokenizerPeer {
    private let peer: Peer

    init(_ interpreter: String, assets: URL, captions: Captions) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).txt")
        try Data(captions.lines.joined(separator: "\n").utf8).write(to: file)
        // The peer has read the file when it has told its name.
        defer { try? FileManager.default.removeItem(at: file) }
        peer = try Peer("tokenizers_peer.py", interpreter: interpreter, arguments: [assets.path, file.path])
    }

    var name: String { peer.name }

    func check(_ name: String, _ expected: Int) throws {
        let other = Int(try peer.ask("\(name) check"))
        guard other == expected else { throw ValidationError("\(name): \(peer.name) gives other ids") }
    }

    func seconds(_ name: String) throws -> Double { try peer.ask("\(name) time") }
}

/// libsentencepiece in a loop of C++.
private final class CLoop {
    private let processor: UnsafeMutableRawPointer
    private let text: [CChar]
    private let ends: [Int64]
    private let expected: Int

    init(_ assets: URL, _ captions: Captions, _ expected: Int) throws {
        let path = assets.appendingPathComponent("t5-spiece.model").path
        guard let processor = sentencepiece_loop_open(path) else { throw ValidationError("\(path) cannot be loaded") }
        self.processor = processor
        self.expected = expected
        var text: [CChar] = []
        ends = captions.lines.map { line in
            text += line.utf8.map { CChar(bitPattern: $0) }
            return Int64(text.count)
        }
        self.text = text
    }

    func seconds() throws -> Double {
        var checksum: Int64 = 0
        let time = sentencepiece_loop(processor, text, ends, Int64(ends.count), &checksum)
        guard checksum == expected else { throw ValidationError("libsentencepiece from C++ gives other ids") }
        return time
    }
}
