import Tensors

/// A storage type that the library does not have: four bits for each element, and a float32 scale for each group of
/// elements in a row.
struct NibbleWeights: WeightStorage {
    static let groupLength = 16

    let shape: Shape
    private let nibbles: [UInt8]
    private let scales: [Float]

    private var groupsPerRow: Int { (shape[1] + Self.groupLength - 1) / Self.groupLength }

    /// Rounds a matrix: the greatest magnitude of a group becomes 7.
    init(rounding matrix: Tensor) {
        shape = matrix.shape
        let width = matrix.shape[1]
        var nibbles = [UInt8](repeating: 0, count: (matrix.count + 1) / 2)
        var scales: [Float] = []
        let scalars = matrix.scalars
        for row in 0..<matrix.shape[0] {
            for start in stride(from: 0, to: width, by: Self.groupLength) {
                let places = row * width + start..<row * width + min(start + Self.groupLength, width)
                let scale = scalars[places].reduce(0) { max($0, abs($1)) } / 7
                scales.append(scale)
                for place in places {
                    let level = scale == 0 ? 0 : (scalars[place] / scale).rounded()
                    nibbles[place / 2] |= UInt8(Int(level) + 8) << (place % 2 * 4)
                }
            }
        }
        self.nibbles = nibbles
        self.scales = scales
    }

    var byteCount: Int { nibbles.count + scales.count * 4 }

    private func element(_ row: Int, _ column: Int) -> Float {
        let place = row * shape[1] + column
        let level = Int(nibbles[place / 2] >> (place % 2 * 4) & 15) - 8
        return Float(level) * scales[row * groupsPerRow + column / Self.groupLength]
    }

    func multiply(_ input: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>) {
        let (outputs, inputs) = (shape[0], shape[1])
        for row in 0..<rows {
            for target in 0..<outputs {
                var sum: Float = 0
                for column in 0..<inputs { sum += input[row * inputs + column] * element(target, column) }
                output[row * outputs + target] = sum
            }
        }
    }

    func multiplyTransposed(
        _ gradient: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>
    ) {
        let (outputs, inputs) = (shape[0], shape[1])
        for row in 0..<rows {
            for column in 0..<inputs {
                var sum: Float = 0
                for target in 0..<outputs { sum += gradient[row * outputs + target] * element(target, column) }
                output[row * inputs + column] = sum
            }
        }
    }

    func copyRow(_ row: Int, into output: UnsafeMutableBufferPointer<Float>) {
        for column in 0..<shape[1] { output[column] = element(row, column) }
    }
}
