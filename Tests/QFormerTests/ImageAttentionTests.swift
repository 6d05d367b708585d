import BERT
import Foundation
import Layers
import QFormer
import Tensors
import Testing

/// The probabilities with which queries look at images, beside the whole encoder written out in plain loops from its weights.
struct ImageAttentionTests {
    private let configuration = QFormerConfiguration(
        bert: BERTConfiguration(
            vocabularyCount: 20, width: 12, layerCount: 4, headCount: 3, feedForwardWidth: 20, positionCount: 8,
            initializerRange: 0.5), imageWidth: 10, crossAttentionInterval: 2)

    @Test func probabilitiesAreThoseOfTheWeights() {
        let encoder = QueryEncoder(configuration, weights: .random(RandomKey(seed: 3)))
        let queries = Tensor.normal([1, 5, 12], deviation: 1, key: RandomKey(seed: 4))
        let images = Tensor.normal([2, 7, 10], deviation: 1, key: RandomKey(seed: 5))
        let memory = encoder.memory(of: images)
        let attention = encoder.attention(queries, to: memory, batchCount: 2)
        #expect(attention.map(\.shape) == [[2, 3, 5, 7], [2, 3, 5, 7]], "two of four layers look at the image")
        let hidden = encoder(queries, image: memory, batchCount: 2, .evaluation()).hidden
        let slow = SlowQueryEncoder(encoder, configuration)
        for image in 0..<2 {
            let (expectedHidden, expected) = slow(
                rows(queries.scalars, 12), image: rows(Array(images.scalars[image * 70..<(image + 1) * 70]), 10))
            expectClose(Array(hidden.scalars[image * 60..<(image + 1) * 60]), expectedHidden, "hidden, image \(image)")
            for (layer, probabilities) in attention.enumerated() {
                expectClose(
                    Array(probabilities.scalars[image * 105..<(image + 1) * 105]), expected[layer].flatMap { $0 },
                    "layer \(layer), image \(image)")
            }
        }
        // They differ between images and queries, else the comparison would say little.
        let first = attention[0].scalars
        #expect(abs(first[0] - first[105]) > 1e-3 && abs(first[0] - first[7]) > 1e-3)
    }

    private func rows(_ scalars: [Float], _ width: Int) -> [[Double]] {
        stride(from: 0, to: scalars.count, by: width).map { scalars[$0..<$0 + width].map(Double.init) }
    }

    private func expectClose(
        _ found: [Float], _ expected: [[Double]], _ what: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let expected = expected.flatMap { $0 }
        let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(found.count == expected.count && worst < 1e-5, "\(what): \(worst)", sourceLocation: sourceLocation)
    }
}

/// The Q-Former without text, one number at a time.
private struct SlowQueryEncoder {
    private typealias Rows = [[Double]]
    private let weights: [String: (numbers: [Double], columnCount: Int)]
    private let configuration: QFormerConfiguration

    init(_ encoder: QueryEncoder, _ configuration: QFormerConfiguration) {
        self.configuration = configuration
        weights = Dictionary(
            uniqueKeysWithValues: encoder.namedParameters.map { name, parameter in
                (name, (parameter.value.scalars.map(Double.init), parameter.shape[-1]))
            })
    }

    /// The last hidden states, and the probabilities by layer and head, `[layers][heads][queries * keys]` in their order.
    func callAsFunction(_ queries: [[Double]], image: [[Double]]) -> (hidden: [[Double]], attention: [[[[Double]]]]) {
        var hidden = norm(queries, "bert.embeddings.LayerNorm")
        var attention: [[Rows]] = []
        for layer in 0..<configuration.bert.layerCount {
            let name = "bert.encoder.layer.\(layer)"
            hidden = attend(hidden, to: hidden, "\(name).attention").result
            if layer % configuration.crossAttentionInterval == 0 {
                let (result, probabilities) = attend(hidden, to: image, "\(name).crossattention")
                hidden = result
                attention.append(probabilities)
            }
            let inner = linear(hidden, "\(name).intermediate_query.dense").map { $0.map(gelu) }
            hidden = norm(
                sum(linear(inner, "\(name).output_query.dense"), hidden), "\(name).output_query.LayerNorm")
        }
        return (hidden, attention)
    }

    private func attend(_ hidden: Rows, to memory: Rows, _ name: String) -> (result: Rows, probabilities: [Rows]) {
        let query = linear(hidden, "\(name).self.query")
        let (key, value) = (linear(memory, "\(name).self.key"), linear(memory, "\(name).self.value"))
        let headWidth = configuration.bert.width / configuration.bert.headCount
        var attended = hidden.map { $0.map { _ in 0.0 } }
        var probabilities: [Rows] = []
        for head in 0..<configuration.bert.headCount {
            let columns = head * headWidth..<(head + 1) * headWidth
            let own = query.map { query -> [Double] in
                let scores = key.map { key in
                    columns.reduce(0.0) { $0 + query[$1] * key[$1] } / Double(headWidth).squareRoot()
                }
                let exponentials = scores.map { exp($0) }
                return exponentials.map { $0 / exponentials.reduce(0, +) }
            }
            for (row, shares) in own.enumerated() {
                for column in columns {
                    attended[row][column] = zip(shares, value).reduce(0.0) { $0 + $1.0 * $1.1[column] }
                }
            }
            probabilities.append(own)
        }
        let result = norm(sum(linear(attended, "\(name).output.dense"), hidden), "\(name).output.LayerNorm")
        return (result, probabilities)
    }

    private func linear(_ rows: Rows, _ name: String) -> Rows {
        guard let weight = weights["\(name).weight"], let bias = weights["\(name).bias"] else { return [] }
        return rows.map { row in
            bias.numbers.indices.map { output in
                row.indices.reduce(bias.numbers[output]) {
                    $0 + row[$1] * weight.numbers[output * weight.columnCount + $1]
                }
            }
        }
    }

    private func norm(_ rows: Rows, _ name: String) -> Rows {
        guard let weight = weights["\(name).weight"], let bias = weights["\(name).bias"] else { return [] }
        return rows.map { row in
            let mean = row.reduce(0, +) / Double(row.count)
            let variance = row.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
            let deviation = (variance + Double(configuration.bert.epsilon)).squareRoot()
            return row.indices.map { (row[$0] - mean) / deviation * weight.numbers[$0] + bias.numbers[$0] }
        }
    }

    private func sum(_ left: Rows, _ right: Rows) -> Rows { zip(left, right).map { zip($0, $1).map(+) } }

    private func gelu(_ x: Double) -> Double { x * 0.5 * (1 + erf(x / 2.0.squareRoot())) }
}
