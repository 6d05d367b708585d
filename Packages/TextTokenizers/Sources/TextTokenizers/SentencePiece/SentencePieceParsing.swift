/// Takes a model file's message apart, and refuses what would make the library fail or read what was not checked.
struct SentencePieceParsing {
    typealias Failure = ProtobufReader.Failure

    private let bytes: UnsafeBufferPointer<UInt8>
    private var result = SentencePieceModel()
    /// The fields that have come and may come only once: the library would join or replace them.
    private var seen: Set<Int> = []

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The model, whose pieces are each sound by themselves.
    mutating func model() throws(Failure) -> SentencePieceModel {
        var reader = ProtobufReader(bytes, 0..<bytes.count)
        while let (number, value) = try reader.next() {
            guard case .bytes(let range) = value else { continue }
            switch number {
            case 1: try readPiece(range)
            case 2: try readTraining(once(number, range))
            case 3: try readNormalization(once(number, range))
            case 5: try readDenormalization(once(number, range))
            default: continue
            }
        }
        if result.pieces.count == 0 { throw Failure(place: bytes.count, found: "no pieces before the end") }
        return result
    }

    private mutating func once(_ key: Int, _ range: Range<Int>) throws(Failure) -> Range<Int> {
        if seen.insert(key).inserted { return range }
        throw Failure(place: range.lowerBound, found: "the field \(key % 100) for the second time")
    }

    private mutating func readPiece(_ range: Range<Int>) throws(Failure) {
        let id = result.pieces.count
        var piece = range.lowerBound..<range.lowerBound
        var score: Float = 0
        var kind = SentencePieceModel.Kind.normal
        var reader = ProtobufReader(bytes, range)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (1, .bytes(let range)): piece = range
            case (2, .float(let number)): score = number
            case (3, .integer(let number)):
                guard let known = SentencePieceModel.Kind(rawValue: number) else {
                    throw Failure(place: range.lowerBound, found: "the piece \(id) of the unknown kind \(number)")
                }
                kind = known
            case (1...3, _):
                throw Failure(place: range.lowerBound, found: "the piece \(id) with a field \(number) of another type")
            default: continue
            }
        }
        try check(piece, score, kind, id)
        result.pieces.append(bytes[piece])
        result.scores.append(score)
        result.kinds.append(kind)
        if kind == .unknown { result.unknown = Int32(id) }
    }

    private func check(
        _ piece: Range<Int>, _ score: Float, _ kind: SentencePieceModel.Kind, _ id: Int
    ) throws(Failure) {
        func fail(_ found: String) -> Failure { Failure(place: piece.lowerBound, found: "the piece \(id), \(found)") }
        let spelled = bytes[piece]
        if piece.isEmpty { throw fail("which is empty") }
        if piece.count > SentencePieceModel.pieceLengthLimit {
            throw fail("\(piece.count) bytes long; at most \(SentencePieceModel.pieceLengthLimit) can be indexed")
        }
        if spelled.contains(0) { throw fail("which holds a NUL") }
        if String(validating: spelled, as: UTF8.self) == nil {
            throw fail("\(TokenizerFileError.quoted(spelled)), which is not UTF-8")
        }
        if !score.isFinite { throw fail("\(TokenizerFileError.quoted(spelled)), whose score is \(score)") }
        if kind == .byte, SentencePieceModel.byte(spelled: Array(spelled)[...]) == nil {
            throw fail("\(TokenizerFileError.quoted(spelled)), which should stand for a byte")
        }
    }

    private mutating func readTraining(_ range: Range<Int>) throws(Failure) {
        var reader = ProtobufReader(bytes, range)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (3, .integer(let number)):
                guard let algorithm = SentencePieceModel.Algorithm(rawValue: number) else {
                    throw Failure(place: range.lowerBound, found: "a model of the unknown type \(number)")
                }
                result.algorithm = algorithm
            case (35, .integer(let flag)): result.fallsBackToBytes = flag != 0
            case (44, .bytes(let text)): result.unknownText = Array(bytes[text])
            case (45, .bytes(let text)): result.roles.unknown = Array(bytes[text])
            case (46, .bytes(let text)): result.roles.beginning = Array(bytes[text])
            case (47, .bytes(let text)): result.roles.end = Array(bytes[text])
            case (48, .bytes(let text)): result.roles.padding = Array(bytes[text])
            default: continue
            }
        }
    }

    private mutating func readNormalization(_ range: Range<Int>) throws(Failure) {
        var reader = ProtobufReader(bytes, range)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (2, .bytes(let table)): try check(once(102, table))
            case (3, .integer(let flag)): result.addsBlankInFront = flag != 0
            case (4, .integer(let flag)): result.removesExtraBlanks = flag != 0
            default: continue
            }
        }
    }

    private func check(_ table: Range<Int>) throws(Failure) {
        do {
            try CharacterMap.check(UnsafeBufferPointer(rebasing: bytes[table]))
        } catch {
            throw Failure(place: table.lowerBound, found: error.found)
        }
    }

    private func readDenormalization(_ range: Range<Int>) throws(Failure) {
        var reader = ProtobufReader(bytes, range)
        while let (number, value) = try reader.next() {
            if number == 2, case .bytes(let table) = value, !table.isEmpty {
                throw Failure(
                    place: table.lowerBound, found: "a model with replacements for decoding, which is not supported")
            }
        }
    }
}
