import Layers
import Tensors

extension LanguageModel {
    /// Continues prompts: by beam search, or with one beam by the likeliest token at each step.
    ///
    /// - Parameters:
    ///   - prefix: vectors in front, `[batch, prefix, width]`
    ///   - prompt: the tokens after them, `[batch, tokens]`; padded on the left if a decoder continues them
    ///   - options: how
    /// - Returns: for each sample its texts, the best first
    public func generate(
        prefix: Tensor?, prompt: MaskedTokens, options: GenerationOptions, _ context: Context = .evaluation()
    ) -> [[GeneratedText]] {
        withoutGradients {
            let (logits, decoding) = begin(prefix: prefix, prompt: prompt, context.evaluating)
            let prompts = openings(of: prompt, prefixCount: prefix?.shape[1] ?? 0, options)
            return search(logits, decoding, prompts: prompts, options: options)
        }
    }

    /// Continues prompts after vectors that were read before.
    ///
    /// - Parameters:
    ///   - prefix: a row for each prompt
    ///   - prompt: `[batch, tokens]`; padded on the left if a decoder continues them
    ///   - options: how
    /// - Returns: for each prompt its texts, the best first
    public func generate(
        after prefix: ReadPrefix, prompt: MaskedTokens, options: GenerationOptions, _ context: Context = .evaluation()
    ) -> [[GeneratedText]] {
        withoutGradients {
            let (logits, decoding) = begin(after: prefix, prompt: prompt, context.evaluating)
            let prompts = openings(of: prompt, prefixCount: prefix.vectorCount, options)
            return search(logits, decoding, prompts: prompts, options: options)
        }
    }

    /// The ids that the texts begin with, as the options count them.
    private func openings(of prompt: MaskedTokens, prefixCount: Int, _ options: GenerationOptions) -> [[Int32]] {
        let prefixIDs = options.prefixIDs(count: prefixCount)
        if options.countsPadding { return opening(of: prompt, prefixIDs: prefixIDs) }
        return prompt.rowsWithoutPadding.flatMap { opening(of: $0, prefixIDs: prefixIDs) }
    }

    /// Continues prompts by nucleus sampling, `returnCount` times each.
    ///
    /// - Parameters:
    ///   - prefix: vectors in front, `[batch, prefix, width]`
    ///   - prompt: the tokens after them, `[batch, tokens]`; padded on the left if a decoder continues them
    ///   - options: how long, and how many
    ///   - sampling: what is kept of the distribution
    ///   - key: names the draws
    /// - Returns: for each sample its texts
    public func sample(
        prefix: Tensor?, prompt: MaskedTokens, options: GenerationOptions, sampling: SamplingOptions, key: RandomKey,
        _ context: Context = .evaluation()
    ) -> [[GeneratedText]] {
        withoutGradients {
            var (logits, decoding) = begin(prefix: prefix, prompt: prompt, context.evaluating)
            let count = options.returnCount
            let rows = (0..<prompt.batchCount * count).map { Int32($0 / count) }
            let order = IndexTensor(rows, shape: [rows.count])
            decoding.reorder(by: order)
            logits = logits.gathering(order)
            let openings = openings(of: prompt, prefixCount: prefix?.shape[1] ?? 0, options)
            let prompts = rows.map { openings[Int($0)] }
            let texts = nucleusSampling(
                logits, decoding, prompts: prompts, options: options, sampling: sampling, key: key)
            return (0..<prompt.batchCount).map { Array(texts[$0 * count..<($0 + 1) * count]) }
        }
    }
}

extension MaskedTokens {
    /// Each row by itself, `[1, tokens]`.
    fileprivate var rowsWithoutPadding: [MaskedTokens] {
        (0..<batchCount).map { row in
            let ids = zip(self.ids.row(row), mask.row(row)).filter { $1 != 0 }.map(\.0)
            return MaskedTokens(IndexTensor(ids, shape: [1, ids.count]))
        }
    }
}

/// Beam search, or with one beam greedy search; arguments as of these.
///
/// - Returns: for each sample its texts, the best first
public func search(
    _ logits: Tensor, _ decoding: some Decoding, prompts: [[Int32]], options: GenerationOptions
) -> [[GeneratedText]] {
    options.beamCount == 1
        ? greedySearch(logits, decoding, prompts: prompts, options: options).map { [$0] }
        : beamSearch(logits, decoding, prompts: prompts, options: options)
}

/// Takes the likeliest token at each step.
///
/// - Parameters:
///   - logits: of the first new token, `[samples, vocabulary]`
///   - decoding: where the rows stand
///   - prompts: the ids of each row so far
/// - Returns: a text for each row
public func greedySearch(
    _ logits: Tensor, _ decoding: some Decoding, prompts: [[Int32]], options: GenerationOptions
) -> [GeneratedText] {
    let rules = prompts.map { options.rules(openingCount: $0.count) }
    return stepwise(logits, decoding, prompts: prompts, options: options) { scores, history, row in
        for rule in rules[row] { rule(scores, history: history) }
        return scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
    }
}

/// Draws a token from the nucleus at each step; arguments as of `greedySearch`.
public func nucleusSampling(
    _ logits: Tensor, _ decoding: some Decoding, prompts: [[Int32]], options: GenerationOptions,
    sampling: SamplingOptions, key: RandomKey
) -> [GeneratedText] {
    let rules = prompts.map { options.rules(openingCount: $0.count) + sampling.rules }
    return stepwise(logits, decoding, prompts: prompts, options: options) { scores, history, row in
        for rule in rules[row] { rule(scores, history: history) }
        return drawn(from: scores, key.child(UInt64(row)).uniform(at: UInt64(history.count)))
    }
}

extension SamplingOptions {
    /// The rules that shape the distribution, in the reference's order.
    public var rules: [any LogitsRule] {
        var rules: [any LogitsRule] = []
        if temperature != 1 { rules.append(Temperature(temperature)) }
        if candidateLimit > 0 { rules.append(CandidateLimit(candidateLimit)) }
        if nucleus < 1 { rules.append(Nucleus(nucleus)) }
        return rules
    }
}

/// Rows that grow by one token at a time, each chosen by itself.
private func stepwise(
    _ logits: Tensor, _ decoding: some Decoding, prompts: [[Int32]], options: GenerationOptions,
    choose: (_ scores: UnsafeMutableBufferPointer<Float>, _ history: [Int32], _ row: Int) -> Int
) -> [GeneratedText] {
    var (logits, decoding) = (logits, decoding)
    var texts = prompts
    var hasEnded = [Bool](repeating: false, count: prompts.count)
    for step in 0..<options.maximumNewTokens {
        var tokens = [Int32](repeating: options.padding, count: texts.count)
        let vocabulary = logits.shape[1]
        logits.withMutableScalars { scores in
            for row in texts.indices where !hasEnded[row] {
                let own = UnsafeMutableBufferPointer(rebasing: scores[row * vocabulary..<(row + 1) * vocabulary])
                tokens[row] = Int32(choose(own, texts[row], row))
                texts[row].append(tokens[row])
                hasEnded[row] = tokens[row] == options.end
            }
        }
        if hasEnded.allSatisfy({ $0 }) || step == options.maximumNewTokens - 1 { break }
        logits = decoding.advance(IndexTensor(tokens, shape: [tokens.count]))
    }
    return zip(texts, prompts).map { GeneratedText(ids: $0, openingCount: $1.count, score: nil) }
}

/// The place at which the running sum of the probabilities passes a uniform draw.
private func drawn(from scores: UnsafeMutableBufferPointer<Float>, _ draw: Float) -> Int {
    let probabilities = Tensor(Array(scores), shape: [scores.count]).softmax().scalars
    var sum: Double = 0
    var last = 0
    for (index, probability) in probabilities.enumerated() where probability > 0 {
        sum += Double(probability)
        last = index
        if sum > Double(draw) { break }
    }
    return last
}
