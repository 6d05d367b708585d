import Archives
import Foundation
import JSON
import Testing

@Suite struct GzipFileTests {
    @Test func readsSeveralMembersAndPadding() throws {
        #expect(try GzipFile(contentsOf: fixture("members.gz")).contents() == bytes("text.txt"))
    }

    @Test func piecesAddUp() throws {
        var count = 0
        try GzipFile(contentsOf: fixture("members.gz")).forEachPiece { count += $0.count }
        #expect(count == 3000)
    }

    @Test func limitsHold() throws {
        let file = try GzipFile(contentsOf: fixture("members.gz"), limits: ArchiveLimits(bytes: 2999))
        #expect(message { try file.contents() } == "members.gz: holds more than the 2999 bytes that are accepted")
        #expect(
            try GzipFile(contentsOf: fixture("members.gz"), limits: ArchiveLimits(bytes: 3000)).contents().count == 3000
        )
    }

    @Test func otherFilesAreNamed() {
        #expect(
            message { try GzipFile(contentsOf: fixture("plain.zip")) }.hasPrefix(
                "plain.zip: wanted a gzip file; it is a zip archive"))
        #expect(message { try GzipFile(contentsOf: fixture("text.txt")) } == "text.txt: wanted a gzip file")
    }

    @Test func damageIsFound() throws {
        let whole = Array(try bytes("members.gz").dropLast(20))
        let text = try bytes("text.txt")
        for place in stride(from: 0, to: whole.count, by: 2) {
            var damaged = whole
            damaged[place] ^= 0x55
            let file = try TemporaryFile(damaged)
            do {
                // A gzip header's time and system may say anything.
                #expect(try GzipFile(contentsOf: file.url).contents() == text)
            } catch {
                #expect(error is FileError)
            }
        }
        var complete = 0
        for count in whole.indices {
            let file = try TemporaryFile(Array(whole.prefix(count)))
            do {
                _ = try GzipFile(contentsOf: file.url).contents()
                complete += 1
            } catch {
                #expect(error is FileError)
            }
        }
        #expect(complete == 2, "the file is whole after its first and after its second member")
    }

    @Test func whatFollowsMustBeGzip() throws {
        let file = try TemporaryFile(bytes("members.gz") + [1])
        #expect(
            message { try GzipFile(contentsOf: file.url).contents() }.hasSuffix(
                "is followed by 21 bytes that are not gzip"))
    }
}
