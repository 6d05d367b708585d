import Configuration
import Foundation

/// A recipe's file: one of this project's, or one of LAVIS's.
struct RecipeDocument {
    private let document: ConfigurationDocument
    private let lavis: LAVISConfiguration?
    private let name: String

    init(_ file: URL, options: [String]) throws {
        document = try ConfigurationDocument(contentsOf: file, options: options)
        name = file.path
        let isLAVIS = try document.decode(ArchitecturePeek.self).isLAVIS
        lavis = isLAVIS ? try document.decode(LAVISConfiguration.self) : nil
    }

    /// The recipe as this project writes it, and what of the file is of no use here, in sentences.
    func own() throws -> (document: ConfigurationDocument, remarks: [String]) {
        guard let lavis else { return (document, []) }
        let options = lavis.settings.map { "\($0.path)=\($0.value)" }
        return (try ConfigurationDocument(text: "", name: name, options: options), lavis.remarks)
    }

    /// The folder that a file of LAVIS's names for its run.
    func outputFolder() -> URL? { lavis?.run.outputFolder.map { URL(fileURLWithPath: $0) } }
}
