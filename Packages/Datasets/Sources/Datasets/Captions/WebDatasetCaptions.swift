import Archives
import Foundation
import Images
import JSON

/// Tar shards as WebDataset and img2dataset write them: neighbouring members of one name make a sample, a picture
/// (`000012.jpg`) and its caption (`000012.txt`, or `caption` in `000012.json`). The shards are indexed and read in place,
/// so that samples can be had in any order.
public struct WebDatasetCaptions: CaptionSource {
    /// The shards.
    public let shards: [URL]
    /// Samples without a picture or a caption.
    public let incompleteCount: Int
    private let places: [Place]

    /// The pattern.
    public let name: String

    /// Where a sample lies. Archives may have some hundred gigabytes, but not their members.
    private struct Place {
        var shard: UInt32
        var pictureByteCount: UInt32
        var captionByteCount: UInt32
        var captionIsJSON: Bool
        var picture: Int
        var caption: Int
    }

    /// Indexes shards.
    ///
    /// - Parameter pattern: a tar file, a folder of them, or several with numbers in braces:
    ///   `cc12m/{00000..01242}.tar`
    /// - Throws: an error that names the shard that is missing or damaged, or the pattern if it holds no sample.
    public init(_ pattern: String) throws {
        shards = try ShardList.files(pattern)
        var places: [Place] = []
        var incomplete = 0
        for (number, shard) in shards.enumerated() {
            var samples = SampleGrouping()
            for member in try TarArchive(contentsOf: shard).members { samples.add(member) }
            for sample in samples.finish() {
                guard let picture = sample.picture, let caption = sample.caption else {
                    incomplete += 1
                    continue
                }
                places.append(
                    Place(
                        shard: UInt32(number), pictureByteCount: UInt32(clamping: picture.count),
                        captionByteCount: UInt32(clamping: caption.count), captionIsJSON: sample.captionIsJSON,
                        picture: picture.lowerBound, caption: caption.lowerBound))
            }
        }
        self.places = places
        incompleteCount = incomplete
        name = pattern
        if places.isEmpty { throw FileError(file: pattern, problem: "holds no picture with a caption") }
    }

    /// The number of samples.
    public var count: Int { places.count }

    /// A caption and its picture.
    public func sample(_ number: Int) throws -> CaptionedPicture {
        let place = places[number]
        let shard = shards[Int(place.shard)]
        let label = "\(shard.path), sample \(number)"
        guard place.captionByteCount <= 1 << 20 else { throw FileError(file: label, problem: "has too long a caption") }
        let bytes = try RandomAccessFile(shard).bytes(place.caption..<place.caption + Int(place.captionByteCount))
        let caption =
            try place.captionIsJSON
            ? JSONDocument(parsing: bytes, name: "\(label), its JSON").root["caption"].string
            : Self.text(bytes, label)
        let picture = place.picture..<place.picture + Int(place.pictureByteCount)
        return CaptionedPicture(
            picture: PictureFile(shard, picture, named: "sample \(number)"), caption: caption)
    }

    private static func text(_ bytes: [UInt8], _ label: String) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError(file: label, problem: "has a caption that is not UTF-8")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Puts neighbouring members with one name before the first dot of the last part of their paths together.
private struct SampleGrouping {
    struct Sample {
        var picture: Range<Int>?
        var caption: Range<Int>?
        var captionIsJSON = false
    }

    private var samples: [Sample] = []
    private var key: Substring?

    mutating func add(_ member: TarArchive.Member) {
        let name = member.path.split(separator: "/").last ?? ""
        guard let dot = name.firstIndex(of: "."), dot != name.startIndex else { return }
        let key = member.path.dropLast(name.distance(from: dot, to: name.endIndex))
        if key != self.key {
            samples.append(Sample())
            self.key = key
        }
        let last = samples.count - 1
        switch name[name.index(after: dot)...].lowercased() {
        case let ending where ImageFolder.endings.contains(ending): samples[last].picture = member.range
        case "txt":
            samples[last].caption = member.range
            samples[last].captionIsJSON = false
        case "json" where samples[last].caption == nil:
            samples[last].caption = member.range
            samples[last].captionIsJSON = true
        default: break
        }
    }

    func finish() -> [Sample] { samples }
}

/// The files that a pattern stands for.
enum ShardList {
    /// A folder's tar files in the order of their names, the files of a range in braces, or one file.
    static func files(_ pattern: String) throws -> [URL] {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: pattern, isDirectory: &isFolder), isFolder.boolValue {
            let names = try FileManager.default.contentsOfDirectory(atPath: pattern).filter { $0.hasSuffix(".tar") }
            if names.isEmpty { throw FileError(file: pattern, problem: "holds no .tar file") }
            return names.sorted().map { URL(fileURLWithPath: pattern).appendingPathComponent($0) }
        }
        return try expanded(pattern).map { URL(fileURLWithPath: $0) }
    }

    /// `a{08..11}b` stands for a08b, a09b, a10b and a11b.
    private static func expanded(_ pattern: String) throws -> [String] {
        guard let open = pattern.firstIndex(of: "{") else { return [pattern] }
        guard let close = pattern[open...].firstIndex(of: "}") else {
            throw FileError(file: pattern, problem: "has no } after its {")
        }
        let bounds = pattern[pattern.index(after: open)..<close].components(separatedBy: "..")
        guard bounds.count == 2, let first = Int(bounds[0]), let last = Int(bounds[1]), first >= 0, first <= last,
            last - first < 1_000_000
        else { throw FileError(file: pattern, problem: "wanted two numbers in braces, as in {00000..00123}") }
        let width = bounds[0].count
        return (first...last).map { number in
            let digits = String(number)
            let zeros = String(repeating: "0", count: max(0, width - digits.count))
            return pattern[..<open] + zeros + digits + pattern[pattern.index(after: close)...]
        }
    }
}
