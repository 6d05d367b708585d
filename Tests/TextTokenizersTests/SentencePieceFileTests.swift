import Foundation
import Testing
import TextTokenizers

/// Model files that the library must not see: each is one error that says what was found.
struct SentencePieceFileTests {
    @Test func soundSmallModelOpens() throws {
        let tokenizer = try open(SmallModel().bytes)
        #expect(tokenizer.vocabularyCount == 6)
        #expect(tokenizer.encode("a ba") == [3, 4, 3, 5, 4])
        #expect(tokenizer.specialTokens.padding == 0)
    }

    @Test func unsoundPiecesAreNamed() throws {
        var model = SmallModel()
        model.pieces.append(("", -1, 1))
        expectError(.malformed, "the piece 6, which is empty") { try open(model.bytes) }
        model.pieces[6] = ("a\0b", -1, 1)
        expectError(.malformed, "the piece 6, which holds a NUL") { try open(model.bytes) }
        model.pieces[6] = (String(repeating: "x", count: 100_000), -1, 1)
        expectError(.malformed, "the piece 6, 100000 bytes long; at most 2048") { try open(model.bytes) }
        model.pieces[6] = ("c", .nan, 1)
        expectError(.malformed, "\"c\", whose score is nan") { try open(model.bytes) }
        model.pieces[6] = ("c", -1, 9)
        expectError(.malformed, "the piece 6 of the unknown kind 9") { try open(model.bytes) }
        model.pieces[6] = ("a", -1, 1)
        expectError(.duplicate, "the piece \"a\" under the ids 4 and 6") { try open(model.bytes) }
        model.pieces[6] = ("<0x41>", -1, 6)
        expectError(.malformed, "1 pieces for bytes") { try open(model.bytes) }
        model.pieces[6] = ("<unk2>", 0, 2)
        expectError(.duplicate, "2 unknown pieces among 7") { try open(model.bytes) }
        model.pieces.removeAll { $0.kind == 2 }
        expectError(.unknownToken, "0 unknown pieces") { try open(model.bytes) }
        model.pieces = []
        expectError(.foreign, "an empty file") { try open(model.bytes) }
    }

    @Test func unsoundCharacterMapsAreNamed() throws {
        // A trie of one block: from the root by "A" to a unit whose value is at the replacement "b".
        var map = SmallMap()
        var model = SmallModel()
        model.map = map.bytes
        #expect(try open(model.bytes).encode("A", addingSpecialTokens: false).contains(5))
        map.units[1 ^ 0x41] = 0x41 | 1 << 8 | 5000 << 10
        model.map = map.bytes
        expectError(.malformed, "points to unit 5064 of 256") { try open(model.bytes) }
        map = SmallMap()
        map.units[map.valueUnit] = 1 << 31 | 77
        model.map = map.bytes
        expectError(.malformed, "points to byte 77 of its replacements") { try open(model.bytes) }
        map = SmallMap()
        map.units[1 ^ 0x41] = 0x41 | UInt32(1 ^ 0x41 ^ 1) << 10
        model.map = map.bytes
        expectError(.malformed, "runs in a circle") { try open(model.bytes) }
        map = SmallMap()
        map.replacements = Array("b".utf8)
        model.map = map.bytes
        expectError(.malformed, "last replacement has no end") { try open(model.bytes) }
        map.replacements = [0xFF, 0]
        model.map = map.bytes
        expectError(.malformed, "replacements that are not UTF-8") { try open(model.bytes) }
        map.replacements = Array(repeating: 0x62, count: 3000) + [0]
        model.map = map.bytes
        expectError(.malformed, "a replacement of 3000 bytes") { try open(model.bytes) }
        model.map = [0xFF, 0xFF, 0xFF, 0xFF, 0]
        expectError(.malformed, "a trie of 4294967295") { try open(model.bytes) }
    }

    @Test func brokenMessagesAreNamedByByte() throws {
        let bytes = SmallModel().bytes
        expectError(.malformed, "at byte") { try open(bytes.dropLast(3)) }
        expectError(.malformed, "a field of 120 bytes where") { try open([0x0A, 120] + bytes) }
        expectError(.malformed, "the end of a message within a number at byte 0") { try open([0xFF, 0xFF]) }
        expectError(.malformed, "wire type 3") { try open(bytes + [0x0B]) }
        expectError(.malformed, "the field 2 for the second time") { try open(bytes + [0x12, 0, 0x12, 0]) }
    }

    @Test func otherFilesInItsPlaceAreNamed() throws {
        for (name, kind) in [("vocab.txt", TokenizerFileError.Kind.malformed), ("vocab.json", .malformed)] {
            expectError(kind, "expected a SentencePiece model") {
                try SentencePieceTokenizer(modelFile: Fixtures.file(name))
            }
        }
        expectError(.foreign, "a web page") { try open(Array("<!DOCTYPE html><html>404</html>".utf8)) }
        expectError(.foreign, "git lfs pull") {
            try open(Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n".utf8))
        }
        expectError(.missing, "no such file") { try SentencePieceTokenizer(modelFile: Fixtures.file("nowhere.model")) }
        var model = SmallModel()
        model.pieces[0].piece = "<s>"
        expectError(.unknownToken, "T5's") { try open(model.bytes, .t5) }
        #expect(try open(model.bytes, .library).specialTokens.beginning == 0)
    }

    private func open(
        _ bytes: some Collection<UInt8>, _ conventions: SentencePieceConventions = .library
    ) throws -> SentencePieceTokenizer {
        try Fixtures.withFolder { folder in
            let file = folder.appendingPathComponent("spiece.model")
            try Data(bytes).write(to: file)
            return try SentencePieceTokenizer(modelFile: file, conventions: conventions)
        }
    }
}

/// A model file made by hand.
struct SmallModel {
    var pieces: [(piece: String, score: Float, kind: UInt8)] = [
        ("<pad>", 0, 3), ("</s>", 0, 3), ("<unk>", 0, 2), ("\u{2581}", -2, 1), ("a", -1, 1), ("b", -1, 1),
    ]
    var map: [UInt8] = []

    var bytes: [UInt8] {
        let list = pieces.flatMap { piece -> [UInt8] in
            let score = withUnsafeBytes(of: piece.score.bitPattern.littleEndian) { Array($0) }
            return Self.field(1, Self.field(1, Array(piece.piece.utf8)) + [0x15] + score + [0x18, piece.kind])
        }
        return list + (map.isEmpty ? [] : Self.field(3, Self.field(2, map)))
    }

    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = bytes.count
        while rest >= 0x80 {
            length.append(UInt8(rest & 0x7F | 0x80))
            rest >>= 7
        }
        return [number << 3 | 2] + length + [UInt8(rest)] + bytes
    }
}

/// A table of one replacement, "A" by "b", in the layout of Darts-clone's tries.
struct SmallMap {
    /// The root's children stand at 1 xor their byte; those of "A" at 2 xor theirs, and its value at 2.
    var units = [UInt32](repeating: 0, count: 256)
    var replacements = Array("b\0".utf8)
    let valueUnit = 2

    init() {
        units[0] = 1 << 10
        units[1 ^ 0x41] = 0x41 | 1 << 8 | UInt32(1 ^ 0x41 ^ valueUnit) << 10
        units[valueUnit] = 1 << 31
        // Cells that are not in use bear a label that no way leads to.
        for unit in units.indices where units[unit] == 0 { units[unit] = 0x80 }
        units[1 ^ 0x80] = 0x81
    }

    var bytes: [UInt8] {
        let size = withUnsafeBytes(of: UInt32(4 * units.count).littleEndian) { Array($0) }
        return size + units.flatMap { unit in withUnsafeBytes(of: unit.littleEndian) { Array($0) } } + replacements
    }
}
