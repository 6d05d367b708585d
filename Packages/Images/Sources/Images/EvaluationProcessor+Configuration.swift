import Foundation
import JSON

extension EvaluationProcessor {
    /// Reads the settings of transformers' `BlipImageProcessor` from a model's folder: `preprocessor_config.json`, or
    /// what newer versions write, `processor_config.json` with the settings nested under `image_processor`.
    ///
    /// - Throws: an error that names the file and the key: a file that is missing or no JSON, settings that no BLIP-2
    ///   model has (a crop, a size that is no square, another kernel than bilinear or bicubic).
    public init(directory: URL) throws {
        let files = ["preprocessor_config.json", "processor_config.json"].map { directory.appendingPathComponent($0) }
        let present = files.first { FileManager.default.fileExists(atPath: $0.path) }
        let root = try JSONDocument(contentsOf: present ?? files[0], limits: JSONLimits(bytes: 1 << 20)).root
        try self.init(transformers: try root.optional("image_processor") ?? root)
    }

    /// Reads the settings from their JSON object.
    private init(transformers settings: JSONValue) throws {
        try Self.refuseWhatIsNotDone(settings)
        let filter = try settings.optional("resample").map(Self.filter)
        let normalizes = try settings.optional("do_normalize")?.bool ?? true
        self.init(
            size: try Self.size(try settings["size"]),
            normalization: normalizes
                ? PixelNormalization(
                    mean: try Self.channels(settings["image_mean"]),
                    deviation: try Self.channels(settings["image_std"], areDivisors: true))
                : PixelNormalization(mean: [0, 0, 0], deviation: [1, 1, 1]),
            filter: filter ?? .bicubic)
    }

    private static func refuseWhatIsNotDone(_ settings: JSONValue) throws {
        for (key, wanted) in [("do_resize", true), ("do_rescale", true), ("do_center_crop", false)] {
            guard let value = try settings.optional(key), try value.bool != wanted else { continue }
            throw value.error("is \(!wanted); only \(wanted) is known here")
        }
        // 1 / 255 is written with more or fewer digits.
        if let factor = try settings.optional("rescale_factor"), abs(try factor.double * 255 - 1) > 1e-6 {
            throw factor.error("is \(try factor.double); only 1/255 is known here")
        }
    }

    /// The size is a number, or an object with equal height and width.
    private static func size(_ value: JSONValue) throws -> Int {
        if value.kind == .integer { return try checked(value) }
        if let edge = try value.optional("shortest_edge") {
            throw edge.error("keeps the aspect ratio; a size with height and width is wanted")
        }
        let (height, width) = (try checked(value["height"]), try checked(value["width"]))
        guard height == width else { throw value.error("is \(width) x \(height); a square is wanted") }
        return height
    }

    private static func checked(_ side: JSONValue) throws -> Int {
        let pixels = try side.int
        guard (1...16384).contains(pixels) else { throw side.error("is \(pixels), wanted 1 to 16384 pixels") }
        return pixels
    }

    /// Pillow's numbers for the kernels.
    private static func filter(_ value: JSONValue) throws -> ResampleFilter {
        switch try value.int {
        case 2: return .bilinear
        case 3: return .bicubic
        case let other: throw value.error("is \(other); 2 (bilinear) and 3 (bicubic) are known")
        }
    }

    private static func channels(_ value: JSONValue, areDivisors: Bool = false) throws -> [Float] {
        let numbers = try value.array.map { Float(try $0.double) }
        guard numbers.count == 3 else { throw value.error("has \(numbers.count) numbers, wanted 3") }
        guard numbers.allSatisfy(\.isFinite), !areDivisors || !numbers.contains(0) else {
            throw value.error("holds a number that nothing can be divided by")
        }
        return numbers
    }

    /// The same settings as `preprocessor_config.json`, which transformers reads.
    public var preprocessorConfiguration: JSONTree {
        // Their shortest decimal forms, not the longer ones of the doubles that they widen to.
        let numbers = { (values: [Float]) in
            JSONTree.array(values.map { .number(Double("\($0)") ?? Double($0)) })
        }
        return [
            "do_convert_rgb": true, "do_normalize": true, "do_rescale": true, "do_resize": true,
            "image_mean": numbers(normalization.mean), "image_processor_type": "BlipImageProcessor",
            "image_std": numbers(normalization.deviation), "resample": .integer(filter == .bilinear ? 2 : 3),
            "rescale_factor": .number(1.0 / 255), "size": ["height": .integer(size), "width": .integer(size)],
        ]
    }
}
