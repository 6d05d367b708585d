import BLIP2
import Foundation
import Images
import JSON
import Tensors
import Testing

/// A captioner's folder is read and written as transformers reads it. `Tools/oracles/captioner_folder.py` made the
/// fixture, with this project's apps and transformers; the variable BLIP_CAPTIONER names another folder of its making.
struct CaptionerFolderTests {
    private static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/captioner")
    private static let folders =
        [fixture]
        + [ProcessInfo.processInfo.environment["BLIP_CAPTIONER"]].compactMap { path in path.map { URL(filePath: $0) } }

    @Test(arguments: folders) func computesWhatTransformersComputes(_ url: URL) throws {
        var comparison = try TransformersFolder(url)
        try comparison.run()
        print("CaptionerFolderTests: \(url.lastPathComponent): \(comparison.tally.summary)")
        #expect(comparison.tally.counts["boundaries"] == 5 && comparison.tally.counts["lists of ids"] == 10)
    }

    @Test(arguments: folders) func writesEveryFileAgainByteForByte(_ url: URL) throws {
        let copy = FileManager.default.temporaryDirectory.appending(path: "captioner-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: copy) }
        let configuration = try ModelDirectory(url)
            .configuration(CaptionerConfiguration.self, kind: ModelKind.captioner)
        try VisionLanguageParts(directory: url).write(to: copy, configuration)
        let names = try FileManager.default.contentsOfDirectory(atPath: url.path)
            .filter { !["io.safetensors", "meta.json"].contains($0) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: copy.path).sorted() == names.sorted())
        for name in names {
            let (one, other) = (url.appending(path: name), copy.appending(path: name))
            #expect(try Data(contentsOf: one) == Data(contentsOf: other), "\(name)")
        }
    }

    @Test func captionsBeginWithThePromptOfTheFolder() throws {
        let captioner = try Captioner(directory: Self.fixture)
        #expect(captioner.parts.prompt == "a")
        let size = captioner.parts.processor.size
        let picture = Image(width: 40, height: 24, pixels: (0..<40 * 24 * 3).map { UInt8($0 * 7 % 256) })
        #expect(size == 32)
        let caption = try captioner.captions(of: [picture])
        #expect(try caption == captioner.captions(of: [picture, picture]).prefix(1).map { $0 })
        var options = Captioner.Options()
        options.prompt = "a"
        #expect(try captioner.captions(of: [picture], options: options) == caption)
        options.prompt = "a picture of"
        #expect(try captioner.captions(of: [picture], options: options) != caption)
    }
}
