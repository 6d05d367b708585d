import Foundation

/// A rule that changes the scores of the next token.
public protocol LogitsRule: Sendable {
    /// Changes the scores of one row, `[vocabulary]`, given its ids so far, prompt included.
    func callAsFunction(_ scores: UnsafeMutableBufferPointer<Float>, history: [Int32])
}

/// Makes tokens that occurred less likely. Keskar et al.: CTRL, 2019, section 4.1.
public struct RepetitionPenalty: LogitsRule {
    /// What positive scores are divided and negative ones multiplied by.
    public let factor: Float

    /// A penalty by this factor.
    public init(factor: Float) { self.factor = factor }

    /// Changes the score of each token that occurred, once.
    public func callAsFunction(_ scores: UnsafeMutableBufferPointer<Float>, history: [Int32]) {
        for id in Set(history) {
            let score = scores[Int(id)]
            scores[Int(id)] = score < 0 ? score * factor : score / factor
        }
    }
}

/// Keeps runs of tokens from occurring twice. Paulus et al.: A Deep Reinforced Model for Abstractive Summarization, 2018,
/// section 2.5.
public struct UnrepeatedRuns: LogitsRule {
    /// The number of tokens in a run.
    public let length: Int

    /// Runs of this length.
    public init(length: Int) { self.length = length }

    /// Forbids each token that would end a run that is in the text already.
    public func callAsFunction(_ scores: UnsafeMutableBufferPointer<Float>, history: [Int32]) {
        guard length > 0, history.count >= length else { return }
        let beginning = history.suffix(length - 1)
        for start in 0...history.count - length where history[start..<start + length - 1].elementsEqual(beginning) {
            scores[Int(history[start + length - 1])] = -.infinity
        }
    }
}

/// Keeps a text from ending before it has a length.
public struct MinimumLength: LogitsRule {
    /// The least number of ids, prompt included.
    public let length: Int
    /// The token that ends a text.
    public let end: Int32

    /// Forbids `end` below a length.
    public init(length: Int, end: Int32) {
        self.length = length
        self.end = end
    }

    /// Forbids the end token while the text is too short.
    public func callAsFunction(_ scores: UnsafeMutableBufferPointer<Float>, history: [Int32]) {
        if history.count < length { scores[Int(end)] = -.infinity }
    }
}

/// Divides scores by a temperature.
public struct Temperature: LogitsRule {
    /// The temperature.
    public let value: Float

    /// A temperature above 0.
    public init(_ value: Float) { self.value = value }

    /// Divides every score.
    public func callAsFunction(_ scores: UnsafeMutableBufferPointer<Float>, history: [Int32]) {
        for index in scores.indices { scores[index] /= value }
    }
}

/// Keeps only the likeliest tokens. Fan et al.: Hierarchical Neural Story Generation, 2018.
public struct CandidateLimit: LogitsRule {
    /// How many are kept; tokens as likely as the last of them are kept as well.
    public let count: Int

    /// Keeps this many tokens.
    public init(_ count: Int) { self.count = count }

    /// Forbids every token less likely than the last that is kept.
    public func callAsFunction(_ scores: UnsafeMutableBufferPointer<Float>, history: [Int32]) {
        guard count < scores.count else { return }
        let threshold = scores.sorted(by: >)[count - 1]
        for index in scores.indices where scores[index] < threshold { scores[index] = -.infinity }
    }
}

/// Keeps the smallest set of likeliest tokens that holds a share of the probability.
/// Holtzman et al.: The Curious Case of Neural Text Degeneration, 2020.
public struct Nucleus: LogitsRule {
    /// The share.
    public let share: Float

    /// Keeps a share of the probability.
    public init(_ share: Float) { self.share = share }

    /// Forbids the least likely tokens that hold at most `1 - share` together; the likeliest always stays.
    public func callAsFunction(_ scores: UnsafeMutableBufferPointer<Float>, history: [Int32]) {
        guard share < 1 else { return }
        let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
        let greatest = scores[order[order.count - 1]]
        let total = scores.reduce(0.0) { $0 + exp(Double($1 - greatest)) }
        var below = 0.0
        for index in order.dropLast() {
            below += exp(Double(scores[index] - greatest)) / total
            if below > Double(1 - share) { break }
            scores[index] = -.infinity
        }
    }
}
