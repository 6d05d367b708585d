import Foundation
import Tensors
import Testing

/// Cross-entropy and its derivative against double precision, also of logits far from 0, where a float has few digits left:
/// similarities over a small temperature are such.
@Suite struct CrossEntropyTests {
    private static let (rowCount, classCount) = (5, 37)
    private static let smoothing = 0.1
    private static let labels = [0, 7, 36, 20, 3]
    /// Multiples of 1/64, so that adding an offset loses none.
    private static let logits = (0..<rowCount * classCount).map { Float($0 * 89 % 331) / 64 }

    @Test(arguments: [Float(0), 14, 512, 4096, -4096])
    func offsetsOfAllLogitsChangeNothing(_ offset: Float) throws {
        let input = Parameter(Tensor(Self.logits.map { $0 + offset }, shape: [Self.rowCount, Self.classCount]))
        let labels = IndexTensor(Self.labels.map { Int32($0) }, shape: [Self.rowCount])
        let loss = input.value.crossEntropy(labels, smoothing: Float(Self.smoothing))
        let slopes = try #require(loss.gradients()[input]).scalars
        let expected = Self.expected()
        #expect(abs(Double(loss.scalar) - expected.loss) <= 1e-6 * expected.loss)
        let error = zip(slopes, expected.slopes).map { abs(Double($0) - $1) }.max() ?? .nan
        #expect(error <= 3e-8, "offset \(offset)")
    }

    private static func expected() -> (loss: Double, slopes: [Double]) {
        var loss = 0.0
        var slopes: [Double] = []
        for row in 0..<rowCount {
            let logits = logits[row * classCount..<(row + 1) * classCount].map { Double($0) }
            let logTotal = log(logits.reduce(0) { $0 + exp($1) })
            for (place, logit) in logits.enumerated() {
                let target = (place == labels[row] ? 1 - smoothing : 0) + smoothing / Double(classCount)
                loss -= target * (logit - logTotal) / Double(rowCount)
                slopes.append((exp(logit - logTotal) - target) / Double(rowCount))
            }
        }
        return (loss, slopes)
    }
}
