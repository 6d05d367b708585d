import BLIP2
import Foundation
import Images
import JSON

/// A folder with maps of where the queries looked: for each picture `NAME.png`, the mean of the queries over the picture as the
/// model saw it, if wanted `NAME-query-07.png` for each query, and the numbers in `NAME.safetensors`.
struct AttentionFolder {
    private let folder: URL
    private let showsEachQuery: Bool

    /// Makes the folder.
    ///
    /// - Throws: `FileError` if it cannot be made, or two of the pictures would write the same files.
    init(_ folder: URL, showsEachQuery: Bool, of pictures: [String]) throws {
        self.folder = folder
        self.showsEachQuery = showsEachQuery
        let byStem = Dictionary(grouping: pictures, by: Self.stem)
        if let clash = pictures.lazy.compactMap({ byStem[Self.stem(of: $0)] }).first(where: { $0.count > 1 }) {
            throw FileError(
                file: folder.relativePath,
                problem:
                    "the maps of \(clash[0]) and \(clash[1]) would overwrite each other; caption them into two folders")
        }
        try FolderReplacement.make(folder)
        // Whether files can be made in it is found out before the model is opened.
        for picture in pictures.prefix(1) {
            _ = try FileReplacement(of: folder.appendingPathComponent("\(Self.stem(of: picture)).png"))
        }
    }

    private static func stem(of picture: String) -> String {
        URL(fileURLWithPath: picture).deletingPathExtension().lastPathComponent
    }

    /// Writes the files of a picture, which is given as the model saw it.
    ///
    /// - Throws: `FileError` for what cannot be written.
    func write(_ attention: PictureAttention, over square: Image, of picture: String) throws {
        let stem = Self.stem(of: picture)
        try attention.write(to: folder.appendingPathComponent("\(stem).safetensors"))
        try write(square.overlaid(with: attention.meanGrid), "\(stem).png")
        guard showsEachQuery else { return }
        let (count, size) = (attention.grid.shape[0], attention.grid.shape[1])
        for query in 0..<count {
            let map = attention.grid.slice(axis: 0, from: query, to: query + 1).reshaped(to: [size, size])
            let number = String(repeating: "0", count: max(0, 2 - String(query).count)) + String(query)
            try write(square.overlaid(with: map), "\(stem)-query-\(number).png")
        }
    }

    private func write(_ image: Image, _ name: String) throws {
        try FileReplacement.write(image.png(), to: folder.appendingPathComponent(name))
    }
}
