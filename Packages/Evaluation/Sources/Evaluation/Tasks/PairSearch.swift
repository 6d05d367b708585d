import BLIP2
import Datasets
import EvaluationMetrics
import Foundation
import JSON
import Tensors

/// Pictures and texts of a split that are to find each other.
struct PairSearch: SplitTask {
    let files: [URL]
    private let set: RetrievalSet
    private let settings: RetrievalSettings

    /// Reads the list.
    ///
    /// - Throws: an error that names the file and what is wrong in it.
    init(_ split: RetrievalSplit, imagesIn folder: URL, _ settings: RetrievalSettings) throws {
        files = [split.list]
        set = RetrievalSet(try EvaluationList(contentsOf: split.list, imagesIn: folder))
        self.settings = settings
        if let lonely = set.textsOfPicture.firstIndex(where: \.isEmpty) {
            throw FileError(
                file: split.list.path,
                problem: "has no caption for \(set.pictures[lonely]), which then no text can find")
        }
        try requirePictures(set.pictures, of: split.list)
    }

    func result(
        _ model: ModelSource, shard: Shard?, journal: (String) throws -> BatchJournal
    ) throws -> SplitResult? {
        let phases: [VectorPhase] = [
            .pictures(set, model, batchSize: settings.batchSize), .texts(set, model, batchSize: settings.batchSize),
        ]
        var vectors: [Tensor] = []
        for phase in phases {
            guard let records = try phase.carryOut(in: journal(phase.name), shard: shard) else { return nil }
            vectors.append(try phase.vectors(of: records))
        }
        let candidates = PairCandidates(pictures: vectors[0], texts: vectors[1], count: settings.candidateCount)
        let matches = MatchPhase(
            set: set, textsOfPicture: candidates.textsToMatch, batchSize: settings.batchSize, model: model)
        guard let records = try matches.carryOut(in: journal(matches.name), shard: shard) else { return nil }
        let logits = try records.enumerated().map { picture, record in
            let found = try record["logits"].array.map { Float(try $0.double) }
            guard found.count == candidates.textsToMatch[picture].count else {
                throw record.error("has \(found.count) logits, wanted \(candidates.textsToMatch[picture].count)")
            }
            return found
        }
        return try FoundPairs(set, candidates.scored(logits)).result
    }
}

/// The vectors that pictures, or texts, are compared by.
private struct VectorPhase: EvaluationPhase {
    let name: String
    let unit: String
    let batches: [[Int]]
    private let make: ([Int]) throws -> Tensor

    static func pictures(_ set: RetrievalSet, _ model: ModelSource, batchSize: Int) -> VectorPhase {
        VectorPhase(
            name: "pictures", unit: "pictures", batches: consecutiveBatches(of: set.pictures.count, size: batchSize)
        ) { batch in
            try RetrievalMatcher(model.imageText()).vectors(of: batch.map { try set.pictures[$0].decode() })
        }
    }

    static func texts(_ set: RetrievalSet, _ model: ModelSource, batchSize: Int) -> VectorPhase {
        VectorPhase(name: "texts", unit: "texts", batches: consecutiveBatches(of: set.texts.count, size: batchSize)) {
            batch in
            try RetrievalMatcher(model.imageText()).vectors(of: batch.map { set.texts[$0] })
        }
    }

    private init(name: String, unit: String, batches: [[Int]], make: @escaping ([Int]) throws -> Tensor) {
        self.name = name
        self.unit = unit
        self.batches = batches
        self.make = make
    }

    func records(of batch: [Int]) throws -> [JSONTree] {
        let vectors = try make(batch)
        let size = vectors.shape.count / batch.count
        let shape = JSONTree.array(vectors.shape.dimensions.dropFirst().map(JSONTree.integer))
        let scalars = vectors.scalars
        return batch.indices.map { row in
            let own = scalars[row * size..<(row + 1) * size]
            let data = own.withUnsafeBytes { Data($0) }
            return ["shape": shape, "float32": .string(data.base64EncodedString())]
        }
    }

    /// The vectors of all records, `[records, ...]`.
    func vectors(of records: [JSONValue]) throws -> Tensor {
        let shape = try records.first?["shape"].array.map { try $0.int } ?? []
        let byteCount = shape.reduce(Double(MemoryLayout<Float>.size)) { $0 * Double($1) }
        var scalars: [Float] = []
        for record in records {
            let data = Data(base64Encoded: try record["float32"].string) ?? Data()
            guard try record["shape"].array.map({ try $0.int }) == shape, shape.allSatisfy({ $0 > 0 }),
                Double(data.count) == byteCount
            else { throw record.error("its vectors are damaged") }
            data.withUnsafeBytes { bytes in
                for place in stride(from: 0, to: bytes.count, by: 4) {
                    let bits = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                    scalars.append(Float(bitPattern: UInt32(littleEndian: bits)))
                }
            }
        }
        return Tensor(scalars, shape: Shape([records.count] + shape))
    }
}

/// The logits of pictures with the texts that are candidates, for the picture or because it is one of theirs.
private struct MatchPhase: EvaluationPhase {
    let set: RetrievalSet
    let textsOfPicture: [[Int]]
    let batchSize: Int
    let model: ModelSource

    let name = "matches"
    let unit = "pictures"
    let batches: [[Int]]

    init(set: RetrievalSet, textsOfPicture: [[Int]], batchSize: Int, model: ModelSource) {
        self.set = set
        self.textsOfPicture = textsOfPicture
        self.batchSize = batchSize
        self.model = model
        batches = consecutiveBatches(of: set.pictures.count, size: 1)
    }

    func records(of batch: [Int]) throws -> [JSONTree] {
        let matcher = RetrievalMatcher(try model.imageText())
        return try batch.map { picture in
            let logits = matcher.matchLogits(
                of: try set.pictures[picture].decode(), with: textsOfPicture[picture].map { set.texts[$0] },
                batchSize: batchSize)
            return ["logits": .array(logits.map { .number(Double($0)) })]
        }
    }
}
