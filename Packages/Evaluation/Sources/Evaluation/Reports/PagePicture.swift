import Foundation
import JSON
import Reports

/// Larger pictures are left out of pages.
private let pictureLimit = 4 << 20

/// A JPEG or PNG as a page shows it; nothing for what is missing, large or of another format.
func pictureInPage(_ file: URL, _ description: String) -> [HTML] {
    guard let mapped = try? MappedFile(file), mapped.bytes.count <= pictureLimit else { return [] }
    let bytes = withExtendedLifetime(mapped) { Array(mapped.bytes) }
    let isPNG = bytes.starts(with: [0x89, 0x50, 0x4E, 0x47])
    guard isPNG || bytes.starts(with: [0xFF, 0xD8]) else { return [] }
    return [.image(bytes, type: isPNG ? "image/png" : "image/jpeg", description: description, width: 160)]
}

/// At most `limit` places of `count`, at equal distances.
func evenlySpaced(_ count: Int, limit: Int = 60) -> [Int] {
    count <= limit ? Array(0..<count) : (0..<limit).map { $0 * count / limit }
}
