import Configuration
import Foundation

/// A configuration's file: one of this project's, or one of LAVIS's.
struct EvaluationDocument {
    /// As this project writes it.
    let document: ConfigurationDocument
    /// What of the file is of no use here, in sentences.
    let remarks: [String]
    /// The folder that a file of LAVIS's names for its results.
    let outputFolder: URL?

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - options: settings that go over the file's, in its own terms
    ///   - additions: settings in this project's terms that go over all
    init(_ file: URL, options: [String], additions: [String]) throws {
        let read = try ConfigurationDocument(contentsOf: file, options: options)
        guard try read.decode(Peek.self).isLAVIS else {
            document = try ConfigurationDocument(contentsOf: file, options: options + additions)
            (remarks, outputFolder) = ([], nil)
            return
        }
        let lavis = try read.decode(LAVISEvaluation.self)
        document = try ConfigurationDocument(
            text: "", name: file.path, options: lavis.settings.map { "\($0.path)=\($0.value)" } + additions)
        remarks = lavis.remarks
        outputFolder = lavis.outputFolder.map { URL(fileURLWithPath: $0) }
    }

    /// Tells files of LAVIS's, whose models have a `model_type`.
    private struct Peek: Configurable {
        let isLAVIS: Bool

        init(from section: ConfigurationSection) throws {
            isLAVIS = try section.optional("model", as: Model.self)?.isLAVIS ?? false
            try section.acceptEverything()
        }

        private struct Model: Configurable {
            let isLAVIS: Bool

            init(from section: ConfigurationSection) throws {
                isLAVIS = section.keys.contains("model_type")
                try section.acceptEverything()
            }
        }
    }
}
