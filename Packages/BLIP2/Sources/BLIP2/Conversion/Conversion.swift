import Checkpoints
import Foundation
import Images
import JSON
import Tensors
import TextTokenizers

/// Makes one folder, as transformers opens it, of checkpoints in any dialect. It is planned when it is made: nothing is
/// written, and no tensor read, before `write`.
public struct Conversion {
    /// What a user decides.
    public struct Options {
        /// The type that weights are stored in.
        public var storage: WeightFormat = .float16
        /// The file or folder of the image encoder, where the checkpoint does not hold it.
        public var vision: URL?
        /// The folder of the language model, where the checkpoint does not hold it; its tokenizer is taken in any case.
        public var language: URL?
        /// A folder with tokenizer files; nil for those of the checkpoint or the language model.
        public var tokenizer: URL?
        /// A `config.json` with the sizes; nil for those that the checkpoint tells.
        public var sizes: URL?
        /// Whose way of generating the folder records; nil for that of the checkpoint's dialect.
        public var convention: Convention?
        /// What captions continue; nil for what the checkpoint's folder says.
        public var prompt: String?
        /// How large files may be.
        public var folder = SafetensorsFolder()

        /// float16, and all that is not in the checkpoint left to be named.
        public init() {}
    }

    /// What is read.
    public let inputs: [ConversionInput]
    /// What becomes of every key.
    public let account: KeyAccount
    /// Names, types and shapes of the folder's tensors; without the columns that int8 keeps apart, which are looked for
    /// when the folder is written.
    public let entries: [SafetensorsWriter.Entry]
    /// What will be made, for a reader.
    public var result: String { target.description }
    let target: ConversionTarget
    let options: Options
    let companions: CompanionFiles
    /// The weights in the folder's names, as the checkpoints hold them.
    let source: RenamedSource
    private let weights: ConvertedWeights

    init(
        _ inputs: [ConversionInput], to target: ConversionTarget, companions: CompanionFiles, options: Options
    ) throws {
        let gathered = GatheredSource(inputs, wanted: target.wanted.map(\.name))
        self.inputs = inputs
        self.target = target
        self.companions = companions
        self.options = options
        account = Self.account(inputs, gathered, target)
        source = try gathered.renamed(by: target.keys)
        weights = ConvertedWeights(source, options.storage)
        entries = weights.entries()
    }

    /// Bytes of the folder's tensors.
    public var byteCount: Int { entries.reduce(0) { $0 + $1.byteCount } }

    /// The plan: what is read, what comes of it, and every key accounted for.
    public var lines: [String] {
        let files = options.folder.fileCount(entries)
        return inputs.map { "\($0.part): \($0.checkpoint.origin), \($0.kind.description)" }
            + [
                "result: \(result); \(entries.count) tensors in \(options.storage.rawValue), \(byteCount) bytes in "
                    + "\(files) file\(files == 1 ? "" : "s")"
                    + (options.storage == .int8 ? ", with columns that are kept apart, for this project alone" : "")
            ] + account.lines
    }

    /// Throws `ConversionError` if the checkpoints do not make a whole model, or hold what nothing is known about.
    public func check() throws {
        if !account.isSound { throw ConversionError(account) }
    }

    /// Writes the folder, which appears whole or not at all; an empty folder or a model's that stands there is replaced.
    ///
    /// - Throws: `ConversionError` if the keys do not add up, what the checkpoints throw, and `FileError` for what cannot
    ///   be written, or for a folder of other files, which are kept.
    public func write(to directory: URL) throws {
        try check()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        guard names.isEmpty || names.contains("config.json") else {
            throw FileError(
                file: directory.path,
                problem:
                    "holds \(names.sorted()[0]) and no config.json: no model's folder, which would be replaced; name "
                    + "another, or empty it")
        }
        let replacement = try FolderReplacement(of: directory)
        let folder = ModelDirectory(replacement.folder)
        try target.writeConfiguration(folder, options.storage)
        try companions.write(to: folder)
        try weights.write(to: replacement.folder, options.folder)
        try replacement.commit()
    }

    /// Which input each weight comes from, and what is left of them.
    private static func account(
        _ inputs: [ConversionInput], _ gathered: GatheredSource, _ target: ConversionTarget
    ) -> KeyAccount {
        var account = KeyAccount()
        let wanted = Dictionary(target.wanted.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
        for (place, input) in inputs.enumerated() {
            var used = 0
            for name in input.source.names {
                if wanted[name] == nil {
                    if let reason = ConversionInput.reasonAgainst(name, in: target) {
                        account.dispense(name, of: input.checkpoint.origin, reason)
                    } else {
                        account.unexpected.append((input.checkpoint.origin, name))
                    }
                } else if gathered.places[name] == place {
                    used += 1
                } else {
                    account.dispense(name, of: input.checkpoint.origin, "another checkpoint's are taken")
                }
            }
            account.used.append((input.checkpoint.origin, used))
        }
        for (name, shape) in target.wanted {
            guard let found = gathered.shape(of: name) else {
                account.missing.append(name)
                continue
            }
            if found != shape { account.misshapen.append((name, found, shape)) }
        }
        return account
    }
}

/// Checkpoints do not make a whole model.
public struct ConversionError: Error, Sendable, CustomStringConvertible {
    /// Every key.
    public let account: KeyAccount

    init(_ account: KeyAccount) { self.account = account }

    /// What is missing, unexpected or of another shape.
    public var description: String {
        let parts = [
            ("visual_encoder.", "the image encoder, which LAVIS froze and did not store: name eva_vit_g.pth"),
            ("opt_model.", "the language model, which LAVIS froze and did not store: name a folder of opt"),
            ("t5_model.", "the language model, which LAVIS froze and did not store: name a folder of flan-t5"),
        ]
        let absent = parts.filter { part in account.missing.contains { $0.hasPrefix(part.0) } }.map {
            "missing: \($0.1)"
        }
        let rest = account.missing.filter { name in !parts.contains { name.hasPrefix($0.0) } }.map { "missing \($0)" }
        let others =
            account.unexpected.map { "unexpected \($0.name) in \($0.origin)" }
            + account.misshapen.map { "\($0.name) has shape \($0.found), wanted \($0.expected)" }
        return "the checkpoints do not make a whole model:\n"
            + (absent + rest + others).map { "  \($0)" }.joined(separator: "\n")
    }
}

/// The weights that are wanted, each from the first input that has it.
struct GatheredSource: TensorSource {
    let names: [String]
    let origin: String
    let places: [String: Int]
    private let inputs: [ConversionInput]

    init(_ inputs: [ConversionInput], wanted: [String]) {
        let sets = inputs.map { Set($0.source.names) }
        var places: [String: Int] = [:]
        for name in wanted { places[name] = sets.firstIndex { $0.contains(name) } }
        self.inputs = inputs
        self.places = places
        names = wanted.filter { places[$0] != nil }
        origin = inputs.map(\.checkpoint.origin).joined(separator: ", ")
    }

    func shape(of name: String) -> Shape? { places[name].flatMap { inputs[$0].source.shape(of: name) } }

    func tensor(named name: String) throws -> Tensor {
        guard let place = places[name] else {
            throw CheckpointError(file: origin, key: name, problem: "there is no such tensor")
        }
        return try inputs[place].source.tensor(named: name)
    }

    func storage(named name: String) throws -> (any WeightStorage)? {
        try places[name].flatMap { try inputs[$0].source.storage(named: name) }
    }
}
