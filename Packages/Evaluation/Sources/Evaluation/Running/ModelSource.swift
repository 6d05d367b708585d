import BLIP2
import Foundation
import Images
import JSON

/// A model that is opened when it is first wanted: a run that only has to score opens none.
final class ModelSource {
    private let section: ModelSection
    private var captioner: VisionLanguageParts?
    private var matcher: ImageTextParts?

    init(_ section: ModelSection) { self.section = section }

    /// The model as one that writes texts.
    func visionLanguage() throws -> VisionLanguageParts {
        if let captioner { return captioner }
        let opened =
            section.isCheckpoint
            ? try VisionLanguageParts(
                section.conversion(), convention: section.convention, imageSize: section.imageSize,
                formats: section.formats)
            : try VisionLanguageParts(
                directory: URL(fileURLWithPath: section.pretrained), convention: section.convention,
                imageSize: section.imageSize, formats: section.formats)
        captioner = opened
        return opened
    }

    /// The model as one that compares pictures with texts.
    func imageText() throws -> ImageTextParts {
        if let matcher { return matcher }
        let opened =
            section.isCheckpoint
            ? try ImageTextParts(section.conversion(), imageSize: section.imageSize, formats: section.formats)
            : try ImageTextParts(
                directory: URL(fileURLWithPath: section.pretrained), imageSize: section.imageSize,
                formats: section.formats)
        matcher = opened
        return opened
    }
}

extension ModelSection {
    /// Whether the weights are a file, to which the frozen parts belong.
    var isCheckpoint: Bool { Self.isFile(pretrained) }

    private static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }

    /// The checkpoint with the parts that it lacks, as one model.
    func conversion() throws -> Conversion {
        var options = Conversion.Options()
        options.vision = vision.map { URL(fileURLWithPath: $0) }
        options.language = language.map { URL(fileURLWithPath: $0) }
        options.tokenizer = vocabulary.map { URL(fileURLWithPath: $0) }
        return try Conversion(of: URL(fileURLWithPath: pretrained), options: options)
    }

    /// The files that the weights lie in.
    var weightFiles: [URL] {
        let paths = isCheckpoint ? [pretrained, vision, language].compactMap { $0 } : [pretrained]
        return paths.flatMap { Self.isFile($0) ? [URL(fileURLWithPath: $0)] : ModelDirectory($0).checkpointFiles }
    }
}
