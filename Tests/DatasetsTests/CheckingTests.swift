import Configuration
import Datasets
import Foundation
import Images
import JSON
import TestSupport
import Testing

@Suite struct CheckingTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    /// Half of the pictures removed, one an HTML page, one empty, one a folder, one cut off, names with blanks and letters
    /// outside ASCII.
    private func writeDamagedSet() throws -> URL {
        var records: [String] = []
        for number in 0..<40 {
            let name = number % 3 == 0 ? "übel \(number).png" : "\(number).png"
            if number >= 20 { try scratch.write(picture(number).png(), "images/\(name)") }
            for caption in ["one \(number)", " "] {
                records.append("{\"image\": \"\(name)\", \"caption\": \"\(caption)\"}")
            }
        }
        try scratch.write("<html></html>", "images/22.png")
        try scratch.write([], "images/23.png")
        try FileManager.default.removeItem(at: scratch.file("images/25.png"))
        try FileManager.default.createDirectory(at: scratch.file("images/25.png"), withIntermediateDirectories: true)
        try scratch.write(picture(26).png().dropLast(100), "images/26.png")
        records[79] = #"{"image": "39.png", "captoin": "x"}"#
        return try scratch.write("[" + records.joined(separator: ",\n") + "]", "damaged.json")
    }

    @Test(arguments: [0, 1, 3]) func namesEverythingThatIsWrong(threadCount: Int) throws {
        let source = try AnnotatedCaptions(contentsOf: writeDamagedSet(), imagesIn: scratch.file("images"))
        let findings = CaptionCheck(threadCount: threadCount)(source)
        #expect(findings.sampleCount == 80 && findings.pictureCount == 40)
        #expect(findings.unreadable.map(\.sample) == Array(0..<40) + [44, 45, 46, 47, 50, 51, 79])
        #expect(findings.blankCount == 39 && findings.warnings.count == 1)
        let sentences = findings.unreadable.map { $0.description.replacingOccurrences(of: scratch.url.path, with: "") }
        #expect(sentences[0] == "/images/übel 0.png: cannot be read: No such file or directory")
        #expect(sentences[40].hasPrefix("/images/22.png: is an HTML or XML page"))
        #expect(sentences[46].hasPrefix("/damaged.json, record 79, $: has no key \"caption\""))
        let quick = CaptionCheck(decodesPictures: false, threadCount: threadCount)(source)
        #expect(quick.unreadable.map(\.sample) == [79])
    }

    @Test func buildsAnnotationsOfAFolder() throws {
        for number in 0..<10 {
            try scratch.write(picture(number).png(), "own/ein Bild \(number).png")
            try scratch.write("caption \(number)\nsecond \(number)", "own/ein Bild \(number).txt")
        }
        try scratch.write("GIF89a", "own/no.png")
        try scratch.write("of no picture", "own/no.txt")
        try scratch.write(picture(1).png(), "own/silent.png")
        let result = try FolderBuild(scratch.file("own"), validationShare: 0.3).write(to: scratch.file("out"))
        #expect(result.trainingCount == 14 && result.validationCount == 3)
        #expect(result.dropped.count == 2 && result.dropped[0].hasPrefix("silent.png: has no .txt"))
        #expect(result.dropped[1].hasPrefix("\(scratch.file("own/no.png").path): is a GIF picture"))
        let training = try AnnotatedCaptions(contentsOf: scratch.file("out/train.json"), imagesIn: scratch.file("own"))
        let validation = try EvaluationList(
            contentsOf: scratch.file("out/validation.json"), imagesIn: scratch.file("own"))
        #expect(training.count == 14 && validation.images.count == 3)
        let names = try Set((0..<14).map { try training.sample($0).picture.description })
        #expect(
            names.count == 7 && validation.images.allSatisfy { !names.contains(scratch.file("own/\($0.image)").path) })
        #expect(CaptionCheck()(training).unreadable.isEmpty)
        #expect(try JSONDocument(contentsOf: scratch.file("out/dropped.json")).root.array.count == 2)
    }

    /// Where the files cannot be made, no picture is looked at.
    @Test func findsOutAtOnceWhereItCannotWrite() throws {
        try scratch.write(picture(1).png(), "own/1.png")
        try scratch.write("a picture", "own/1.txt")
        try scratch.write("", "out/train.json/x")
        var progress: [Int] = []
        let build = try FolderBuild(scratch.file("own"))
        #expect(
            message { try build.write(to: scratch.file("out")) { progress.append($0) } }
                == "\(scratch.file("out/train.json").path): is a folder; wanted the name of a file")
        #expect(progress == [])
    }
}

@Suite struct CaptionSectionTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func section(_ pairs: String, rest: String = "") throws -> DataConfiguration {
        let indented = pairs.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        let file = try scratch.write("model: {arch: x}\ndatasets:\n  pairs:\n\(indented)\n\(rest)", "c.yaml")
        return try ConfigurationDocument(contentsOf: file).decode(DataConfiguration.self)
    }

    @Test func mixesSetsByWeight() throws {
        _ = try writeSet(scratch, count: 6, name: "a.json")
        _ = try writeSet(scratch, count: 3, name: "b.json")
        let images = scratch.file("images").path
        let data = try section(
            """
            image_size: 8
            cache: none
            sets:
              one: {annotations: \(scratch.file("a.json").path), images: \(images), weight: 2}
              two: {annotations: \(scratch.file("b.json").path), images: \(images)}
            """, rest: "run: {seed: 5, max_epoch: 3}")
        #expect(data.seed == 5 && data.pairs.sets.map(\.name) == ["one", "two"] && data.pairs.cacheByteLimit == 0)
        #expect(try data.pairs.open().count == 18)
        var loader = try data.pairs.loader(batchSize: 6, seed: data.seed, threadCount: 1)
        #expect(loader.batchesPerEpoch == 3)
        #expect(try loader.batch(2).captions.count == 6)
        #expect(
            message { try data.pairs.loader(batchSize: 19, seed: 1, threadCount: 1) }.hasSuffix(
                "fewer than a batch of 19"))
    }

    /// What `show` shows is what the loader gives.
    @Test(arguments: ["blip_image_eval", "blip2_image_train", "blip_image_train"])
    func previewsEqualTheFirstBatch(processor: String) throws {
        _ = try writeSet(scratch, count: 6, name: "a.json")
        let data = try section(
            """
            annotations: \(scratch.file("a.json").path)
            images: \(scratch.file("images").path)
            image_size: 8
            vis_processor: \(processor)
            """)
        let previews = try data.pairs.preview(count: 5, seed: data.seed)
        var loader = try data.pairs.loader(batchSize: 5, seed: data.seed, threadCount: 2)
        let batch = try loader.batch(0)
        #expect(previews.map(\.caption) == batch.captions)
        let squares = try previews.map { try $0.square.get() }
        #expect(PixelNormalization.clip.batch(of: squares).scalars == batch.pixels.scalars)
    }

    @Test(arguments: [
        ("images: x\nimage_size: 8", "c.yaml:4: datasets.pairs.annotations: is missing"),
        ("folder: x\nshards: y\nimage_size: 8", "datasets.pairs.folder: stands beside shards"),
        ("folder: x\nimage_size: 0", "datasets.pairs.image_size: is 0"),
        ("folder: x\nimage_size: 8\nunreadable_share: 2", "datasets.pairs.unreadable_share: is 2.0, wanted 0 to 1"),
        (
            "folder: x\nimage_size: 8\nvis_processor: clip",
            "datasets.pairs.vis_processor: found the string \"clip\", wanted one of"
        ),
        ("folder: x\nimage_size: 8\nmin_scale: 0", "datasets.pairs.min_scale: is 0"),
        ("folder: x\nimage_size: 8\nfoldr: y", "datasets.pairs.foldr: unknown key"),
    ])
    func namesTheKeyThatIsWrong(pairs: String, problem: String) throws {
        let text = pairs + (problem.contains("min_scale") ? "\nvis_processor: blip2_image_train" : "")
        let found = message { try section(text) }
        #expect(found.contains(problem), "\(found)")
    }
}
