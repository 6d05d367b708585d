import Foundation
import Images

/// Goes through all samples of a source and finds those that could not be trained on.
public struct CaptionCheck: Sendable {
    /// What was found.
    public struct Findings: Sendable {
        /// The source's name.
        public var source: String
        /// Samples in all.
        public var sampleCount: Int
        /// Different pictures, as far as the same ones stand next to each other.
        public var pictureCount = 0
        /// Samples whose record or picture cannot be read, in the source's order.
        public var unreadable: [UnreadableSample] = []
        /// What decoders had to pass over, a sentence each: pictures that are cut off or defective.
        public var warnings: [String] = []
        /// Samples without a word.
        public var blankCount = 0
    }

    /// Whether pictures are decoded; else only their records are read.
    public var decodesPictures: Bool
    /// Threads that read.
    public var threadCount: Int

    /// A check that decodes pictures on all processors unless told otherwise.
    public init(decodesPictures: Bool = true, threadCount: Int = ProcessInfo.processInfo.activeProcessorCount) {
        self.decodesPictures = decodesPictures
        self.threadCount = threadCount
    }

    private static let pieceCount = 256

    /// Checks a source; `progress` is told how many samples are done.
    public func callAsFunction(_ source: any CaptionSource, progress: (Int) -> Void = { _ in }) -> Findings {
        var findings = Findings(source: source.name, sampleCount: source.count)
        let decodes = decodesPictures
        let pieces = Prefetcher(threadCount: threadCount, limit: 2 * max(threadCount, 1)) { number in
            let start = number * Self.pieceCount
            let samples = start..<max(start, min(start + Self.pieceCount, source.count))
            return Self.findings(in: samples, of: source, decodesPictures: decodes)
        }
        for number in 0..<(source.count + Self.pieceCount - 1) / Self.pieceCount {
            // Making a piece throws nothing: what goes wrong is among its findings.
            guard let piece = try? pieces.item(number) else { continue }
            findings.pictureCount += piece.pictureCount
            findings.unreadable += piece.unreadable
            findings.warnings += piece.warnings
            findings.blankCount += piece.blankCount
            progress(min((number + 1) * Self.pieceCount, source.count))
        }
        return findings
    }

    private static func findings(
        in samples: Range<Int>, of source: any CaptionSource, decodesPictures: Bool
    ) -> Findings {
        var findings = Findings(source: "", sampleCount: samples.count)
        var seen: [PictureFile: String?] = [:]
        for number in samples {
            do {
                let sample = try source.sample(number)
                if sample.caption.allSatisfy(\.isWhitespace) { findings.blankCount += 1 }
                let problem = seen[sample.picture] ?? findings.look(at: sample.picture, decodes: decodesPictures)
                seen[sample.picture] = .some(problem)
                if let problem { findings.unreadable.append(UnreadableSample(sample: number, description: problem)) }
            } catch {
                findings.unreadable.append(UnreadableSample(sample: number, description: "\(error)"))
            }
        }
        findings.pictureCount = seen.count
        return findings
    }
}

extension CaptionCheck.Findings {
    /// Opens a picture; what is wrong with it, if anything is.
    fileprivate mutating func look(at picture: PictureFile, decodes: Bool) -> String? {
        guard decodes else { return nil }
        do {
            warnings += try picture.decoded().warnings
            return nil
        } catch {
            return "\(error)"
        }
    }
}
