import Foundation
import TestSupport
import Testing

/// Folders that transformers wrote against what it computed from them: every boundary, and all generated ids.
@Suite(.serialized, .enabled(if: OracleFolder.isNamed, OracleFolder.whenNamed))
struct HuggingFaceTests {
    @Test func everyFolderEqualsTransformers() throws {
        let folder = try OracleFolder().file("hf")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        try #require(!names.isEmpty, "\(folder.path) is empty")
        var total = Tally()
        for name in names {
            var comparison = try TransformersFolder(folder.appendingPathComponent(name))
            try comparison.run()
            print("HuggingFaceTests: \(name): \(comparison.tally.summary)")
            total.add(comparison.tally)
        }
        print("HuggingFaceTests: \(names.count) cases, \(total.total) values compared: \(total.summary)")
    }
}
