import Archives
import Foundation
import JSON
import Testing

@Suite struct ZipArchiveTests {
    @Test(arguments: ["plain.zip", "commented.zip", "zip64.zip"])
    func readsWhatPythonWrote(_ name: String) throws {
        let archive = try ZipArchive(contentsOf: fixture(name))
        #expect(archive.entries.map(\.path) == ["folder/", "folder/text.txt", "folder/bytes", "empty", "ünïcode"])
        #expect(archive.entries.map(\.count) == [0, 3000, 700, 0, 5])
        let text = try archive.entry(named: "folder/text.txt")
        #expect(try archive.contents(of: text) == bytes("text.txt"))
        let stored = try archive.entry(named: "folder/bytes")
        #expect(try archive.contents(of: stored) == bytes("bytes"))
        #expect(try archive.contents(of: archive.entry(named: "empty")).isEmpty)
        #expect(try archive.contents(of: archive.entry(named: "ünïcode")) == Array("named".utf8))
        #expect(archive["nothing"] == nil)
        #expect(try archive.withStoredBytes(of: stored) { Array($0) } == bytes("bytes"))
        #expect(try archive.storedRange(of: text) == nil)
        let range = try #require(try archive.storedRange(of: stored))
        #expect(try Array(bytes(name)[range]) == bytes("bytes"))
    }

    @Test func otherFilesAreNamed() throws {
        #expect(
            message { try ZipArchive(contentsOf: fixture("members.gz")) }
                == "members.gz: wanted a zip archive; it is gzip-compressed")
        #expect(message { try ZipArchive(contentsOf: fixture("bytes")) } == "bytes: wanted a zip archive")
        #expect(
            message { try ZipArchive(contentsOf: fixture("nothing.zip")) } == "nothing.zip: No such file or directory")
        #expect(message { try ZipArchive(contentsOf: fixture("")) }.hasSuffix("is not a regular file"))
        let archive = try ZipArchive(contentsOf: fixture("bzip2.zip"))
        #expect(
            message { try archive.contents(of: archive.entries[0]) }
                == "bzip2.zip: its entry text.txt is compressed by method 12; only stored and deflated ones are read")
        #expect(message { try archive.entry(named: "a") } == "bzip2.zip: has no entry a")
    }

    @Test func limitsHold() throws {
        #expect(
            message { try ZipArchive(contentsOf: fixture("plain.zip"), limits: ArchiveLimits(entries: 4)) }
                == "plain.zip: has 5 entries, more than the 4 that are accepted")
        let archive = try ZipArchive(contentsOf: fixture("plain.zip"), limits: ArchiveLimits(bytes: 2999))
        #expect(
            message { try archive.contents(of: archive.entry(named: "folder/text.txt")) }
                == "plain.zip: its entry folder/text.txt has 3000 bytes, more than the 2999 that are accepted")
    }

    /// A size that deflate cannot reach is refused before memory of that size is asked for.
    @Test func aLieAboutASizeIsSeen() throws {
        var lie = try bytes("plain.zip")
        let count: [UInt8] = [0xB8, 0x0B, 0, 0]
        let places = lie.indices.dropLast(4).filter { Array(lie[$0..<$0 + 4]) == count }
        let last = try #require(places.last)
        lie.replaceSubrange(last..<last + 4, with: [0xFF, 0xFF, 0xFF, 0x7F])
        let file = try TemporaryFile(lie)
        let archive = try ZipArchive(contentsOf: file.url)
        #expect(
            message { try archive.contents(of: archive.entry(named: "folder/text.txt")) }.hasSuffix(
                "says it has 2147483647 bytes, more than its compressed data can hold"))
    }

    /// Whatever is changed and wherever the file ends, the contents are right or an error says why not.
    @Test(arguments: ["plain.zip", "commented.zip", "zip64.zip"])
    func damageIsFound(_ name: String) throws {
        let whole = try bytes(name)
        let texts = try ["folder/text.txt": bytes("text.txt"), "folder/bytes": bytes("bytes")]
        let changes: [UInt8] = [0xFF, 0x01, 0x80]
        for place in stride(from: 0, to: whole.count, by: 2) {
            var damaged = whole
            damaged[place] ^= changes[place / 2 % 3]
            try expectRightOrRefused(damaged, texts)
        }
        for count in stride(from: 0, to: whole.count, by: 17) {
            let file = try TemporaryFile(Array(whole.prefix(count)))
            #expect(throws: FileError.self) { try ZipArchive(contentsOf: file.url) }
        }
    }

    private func expectRightOrRefused(_ bytes: [UInt8], _ texts: [String: [UInt8]]) throws {
        let file = try TemporaryFile(bytes)
        do {
            let archive = try ZipArchive(contentsOf: file.url)
            for entry in archive.entries {
                let contents = try archive.contents(of: entry)
                if let wanted = texts[entry.path] { #expect(contents == wanted) }
            }
        } catch {
            #expect(error is FileError)
        }
    }
}

/// A file beside the tests.
func fixture(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)")
}

/// The bytes of a file beside the tests.
func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: fixture(name))) }

/// What an error says, without the folder of the fixtures.
func message<Result>(_ body: () throws -> Result) -> String {
    do {
        _ = try body()
        return "no error"
    } catch {
        return "\(error)".replacingOccurrences(of: fixture("").path + "/", with: "")
    }
}

/// A file that goes when the test does.
final class TemporaryFile {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("archive-\(UUID().uuidString)")

    init(_ bytes: [UInt8]) throws { try Data(bytes).write(to: url) }

    deinit { try? FileManager.default.removeItem(at: url) }
}
