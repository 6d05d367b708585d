import Checkpoints
import Foundation
import Images
import JSON
import TestSupport
import Testing

/// Pillow's own arrays of the pictures in the folder that BLIP_ORACLE names.
@Suite(.enabled(if: OracleFolder.isNamed, OracleFolder.whenNamed)) struct ImagesOracleTests {
    let oracle: OracleImages

    init() throws { oracle = try OracleImages() }

    @Test func decodesEveryFile() throws {
        let expected = try oracle.tensors("decoded.safetensors")
        var pixels = 0
        var files: Set<String> = []
        for name in expected.names {
            let parts = name.split(separator: "/", maxSplits: 1)
            var options = DecodingOptions()
            options.appliesOrientation = parts.count == 2
            try #require(parts.count == 1 || parts[1] == "transposed", "\(name) is of an unknown kind")
            let wanted = try expected.image(name)
            let image = try Image(contentsOf: oracle.file(String(parts[0])), options: options)
            if try oracle.meta["files"][String(parts[0])]["mode"].string == "I;16" {
                // Pillow clips 16-bit grey at 255; we keep the upper byte, so one that is not 0 must be 255 there.
                let agrees = zip(image.pixels, wanted.pixels).allSatisfy { $0 == 0 || $1 == 255 }
                #expect(agrees && image.pixels.contains { $0 != 0 }, "\(name)")
            } else {
                let message = difference(image, wanted)
                #expect(message == nil, "\(name): \(message ?? "")")
            }
            pixels += image.width * image.height
            files.insert(String(parts[0]))
        }
        print("ImagesOracleTests: \(files.count) files, \(expected.names.count) arrays, \(pixels) pixels decoded")
        #expect(!files.isEmpty)
    }

    @Test(arguments: ResizeKernels.available) func resizesEveryPicture(kernels: ResizeKernels) throws {
        let expected = try oracle.tensors("resized.safetensors")
        let windows = try oracle.windows()
        var compared = 0
        for name in expected.names where !name.hasSuffix("/normalized") {
            let wanted = try expected.image(name)
            let image: Image
            if let window = windows[name] {
                let square = try oracle.image(window.source).resized(
                    width: wanted.width, height: wanted.height, window: window.draw.window, kernels: kernels)
                image = window.draw.isFlipped ? square.flippedHorizontally() : square
            } else {
                image = try oracle.image(try oracle.source(of: name)).resized(
                    width: wanted.width, height: wanted.height, kernels: kernels)
            }
            let message = difference(image, wanted)
            #expect(message == nil, "\(name): \(message ?? "")")
            compared += 1
        }
        print("ImagesOracleTests: \(compared) pictures resized (\(kernels.rawValue))")
        #expect(compared > 0)
    }

    @Test func normalisesToTheSameBits() throws {
        let expected = try oracle.tensors("resized.safetensors")
        let names = expected.names.filter { $0.hasSuffix("/normalized") }
        for name in names {
            let wanted = try expected.tensor(named: name)
            let source = try oracle.image(String(name.dropLast("/normalized".count)))
            let tensor = EvaluationProcessor(size: wanted.shape[-1])(source)
            #expect(tensor.shape == wanted.shape && tensor.scalars == wanted.scalars, "\(name)")
        }
        print("ImagesOracleTests: \(names.count) tensors normalised")
        #expect(!names.isEmpty)
    }
}

/// The `images` part of the folder that BLIP_ORACLE names.
struct OracleImages {
    let folder: URL
    let meta: JSONValue

    init() throws {
        folder = try OracleFolder().file("images")
        try #require(FileManager.default.fileExists(atPath: folder.path), "\(folder.path) is not there")
        meta = try JSONDocument(contentsOf: folder.appendingPathComponent("meta.json")).root
    }

    func file(_ name: String) -> URL { folder.appendingPathComponent("files/\(name)") }

    func image(_ name: String) throws -> Image { try Image(contentsOf: file(name)) }

    func tensors(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(contentsOf: folder.appendingPathComponent(name))
    }

    /// The picture that an array was resized from: `x.png`, `x.png/bicubic_112` or `xresize_31x57` for `x.png`.
    func source(of name: String) throws -> String {
        if let slash = name.firstIndex(of: "/") { return String(name[..<slash]) }
        if let mark = name.range(of: "resize_") { return name[..<mark.lowerBound] + ".png" }
        return name
    }

    /// The windows of the random crops, by the name of the array.
    func windows() throws -> [String: (source: String, draw: TrainingProcessor.Draw)] {
        var windows: [String: (source: String, draw: TrainingProcessor.Draw)] = [:]
        for crop in try meta["files"]["crops"].array {
            let window = try CropWindow(
                left: crop["j"].int, top: crop["i"].int, width: crop["w"].int, height: crop["h"].int)
            let draw = try TrainingProcessor.Draw(window: window, isFlipped: crop["hflip"].bool)
            windows[try crop["name"].string] = (try crop["source"].string, draw)
        }
        return windows
    }
}
