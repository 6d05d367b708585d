import Foundation

/// A sample that could not be had.
public struct UnreadableSample: Hashable, Sendable, CustomStringConvertible {
    /// Its number in the source.
    public let sample: Int
    /// The error's sentence, which names the file.
    public let description: String
}

/// Too many samples could not be had.
public struct UnreadableError: Error, Hashable, Sendable, CustomStringConvertible, LocalizedError {
    /// The source's name.
    public let source: String
    /// How many of its samples there are in all.
    public let count: Int
    /// The share of them that may be unreadable.
    public let share: Double
    /// Those that were met so far.
    public let samples: [UnreadableSample]

    /// A sentence, then the first ten.
    public var description: String {
        let allowed = String(format: "%g %%", share * 100)
        let head = "\(source): \(samples.count) of \(count) samples cannot be read, more than \(allowed) of them"
        let rest = samples.count > 10 ? ["  and \(samples.count - 10) more"] : []
        return ([head] + samples.prefix(10).map { "  \($0.description)" } + rest).joined(separator: "\n")
    }

    /// The same.
    public var errorDescription: String? { description }
}

/// Counts the samples that could not be had, each once.
struct UnreadableCount {
    private let source: String
    private let count: Int
    private let share: Double
    private var known: Set<Int> = []
    private var samples: [UnreadableSample] = []
    private var untold: [UnreadableSample] = []

    init(of source: any CaptionSource, share: Double) {
        self.source = source.name
        self.count = source.count
        self.share = share
    }

    /// Takes note of samples; throws if they have become too many.
    mutating func add(_ found: [UnreadableSample]) throws {
        for sample in found where known.insert(sample.sample).inserted {
            samples.append(sample)
            untold.append(sample)
        }
        if Double(samples.count) > share * Double(count) {
            throw UnreadableError(source: source, count: count, share: share, samples: samples)
        }
    }

    /// Those that were found since this was last asked.
    mutating func takeNew() -> [UnreadableSample] {
        defer { untold = [] }
        return untold
    }
}
