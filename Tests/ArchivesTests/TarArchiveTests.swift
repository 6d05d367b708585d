import Archives
import Foundation
import JSON
import Testing

/// Archives that Python's tarfile wrote, and damaged ones.
@Suite struct TarArchiveTests {
    private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

    private func contents(_ name: String) throws -> [(path: String, bytes: [UInt8])] {
        let file = folder.appendingPathComponent(name)
        let bytes = try [UInt8](Data(contentsOf: file))
        return try TarArchive(contentsOf: file).members.map { ($0.path, Array(bytes[$0.range])) }
    }

    @Test(arguments: ["ustar.tar", "gnu.tar", "pax.tar"]) func findsMembers(name: String) throws {
        let members = try contents(name)
        let long = String(repeating: "d", count: 80) + "/" + String(repeating: "f", count: 90)
        let unicode = "folder/" + String(repeating: "name ", count: 20) + String(repeating: "é", count: 30) + ".txt"
        #expect(
            members.map(\.path)
                == ["plain.txt", "folder/empty.txt", long] + (name == "ustar.tar" ? [] : [unicode]))
        #expect(members[0].bytes == Array("one".utf8) && members[1].bytes.isEmpty)
        #expect(members[2].bytes == (0..<3).flatMap { _ in Array(0...255) })
        if members.count > 3 { #expect(members[3].bytes == Array("long name".utf8)) }
    }

    @Test func namesWhatIsWrong() throws {
        let original = try [UInt8](Data(contentsOf: folder.appendingPathComponent("ustar.tar")))
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("damaged \(UUID().uuidString).tar")
        defer { try? FileManager.default.removeItem(at: file) }
        func problem(_ bytes: [UInt8], limits: ArchiveLimits = ArchiveLimits()) throws -> String {
            try Data(bytes).write(to: file)
            do {
                return "\(try TarArchive(contentsOf: file, limits: limits).members.count) members"
            } catch {
                return "\(error)".replacingOccurrences(of: file.path, with: "FILE")
            }
        }
        #expect(try problem(Array(original[..<700])) == "1 members")
        #expect(try problem(Array(original[..<514])) == "FILE: ends inside member \"plain.txt\"")
        #expect(try problem(Array(original[..<1100])) == "FILE: ends inside a header")
        var other = original
        other[1030] ^= 1
        #expect(try problem(other) == "FILE: holds no header at byte 1024: the checksum is wrong")
        #expect(try problem(Array(original[512...])) == "FILE: is no tar archive: the checksum is wrong")
        #expect(try problem(original, limits: ArchiveLimits(entries: 2)).contains("more than the 2 members"))
        #expect(try problem(original, limits: ArchiveLimits(bytes: 700)).contains("has more bytes than are accepted"))
        // A size of 2^62 in binary.
        other = original
        other.replaceSubrange(124..<136, with: [0x80, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0])
        other.replaceSubrange(148..<156, with: Array("        ".utf8))
        let sum = String(other[..<512].reduce(0) { $0 + Int($1) }, radix: 8)
        other.replaceSubrange(148..<156, with: Array((String(repeating: "0", count: 6 - sum.count) + sum + "\0 ").utf8))
        #expect(try problem(other) == "FILE: ends inside member \"plain.txt\"")
    }
}
