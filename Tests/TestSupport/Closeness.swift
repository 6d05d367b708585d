import Tensors
import Testing

/// How far two arrays of one shape are apart.
public struct Difference: CustomStringConvertible {
    /// The shape of both.
    public let shape: Shape
    /// Where they differ most.
    public let worstIndex: [Int]
    /// The elements there.
    public let worst: (actual: Float, expected: Float)
    /// The greatest absolute difference; infinite where one element is not finite and the other is another value.
    public let maximum: Double
    /// The greatest absolute value that was expected.
    public let largestExpected: Double
    /// The Euclidean norm of the difference over that of what was expected.
    public let relativeNorm: Double

    /// Compares element by element; both have the shape's number of elements.
    public init(_ actual: [Float], _ expected: [Float], shape: Shape) {
        var (place, maximum, largest) = (0, 0.0, 0.0)
        var (squares, expectedSquares) = (0.0, 0.0)
        for (index, pair) in zip(actual, expected).enumerated() {
            let distance = Self.distance(pair.0, pair.1)
            if distance > maximum { (place, maximum) = (index, distance) }
            largest = max(largest, abs(Double(pair.1)))
            squares += distance * distance
            expectedSquares += Double(pair.1) * Double(pair.1)
        }
        self.shape = shape
        self.maximum = maximum
        self.largestExpected = largest
        relativeNorm = squares == 0 ? 0 : (squares / expectedSquares).squareRoot()
        worst = shape.count == 0 ? (0, 0) : (actual[place], expected[place])
        worstIndex = Self.index(of: place, in: shape)
    }

    /// The greatest difference as a share of the greatest value expected, or as it is if only zeros were expected.
    public var relativeMaximum: Double {
        maximum == 0 ? 0 : maximum / (largestExpected == 0 ? 1 : largestExpected)
    }

    /// The shape, the worst place, both values there, and both measures.
    public var description: String {
        "shape \(shape), worst at \(worstIndex): \(worst.actual) instead of \(worst.expected); "
            + "greatest difference \(maximum) of \(largestExpected), relative norm \(relativeNorm)"
    }

    private static func distance(_ actual: Float, _ expected: Float) -> Double {
        if actual == expected || (actual.isNaN && expected.isNaN) { return 0 }
        let distance = abs(Double(actual) - Double(expected))
        return distance.isNaN ? .infinity : distance
    }

    private static func index(of place: Int, in shape: Shape) -> [Int] {
        var rest = place
        var index: [Int] = []
        for extent in shape.dimensions.reversed() {
            index.append(extent == 0 ? 0 : rest % extent)
            rest /= max(extent, 1)
        }
        return index.reversed()
    }
}

/// Expects equal shapes, and no element further from what is expected than `tolerance` times the greatest magnitude
/// expected (an absolute bound where only zeros are expected).
public func expectClose(
    _ actual: Tensor, _ expected: Tensor, within tolerance: Double, _ name: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.shape == expected.shape else {
        Issue.record("\(name): shape \(actual.shape) instead of \(expected.shape)", sourceLocation: sourceLocation)
        return
    }
    let difference = Difference(actual.scalars, expected.scalars, shape: expected.shape)
    #expect(difference.relativeMaximum <= tolerance, "\(name): \(difference)", sourceLocation: sourceLocation)
}

/// Expects equal shapes and the same bits in every element, so that zeros have one sign and NaNs one payload.
public func expectSameBits(
    _ actual: Tensor, _ expected: Tensor, _ name: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    let same =
        actual.shape == expected.shape && actual.scalarType == expected.scalarType
        && actual.withBytes { left in expected.withBytes { left.elementsEqual($0) } }
    guard !same else { return }
    let difference =
        actual.shape == expected.shape
        ? "\(Difference(actual.scalars, expected.scalars, shape: expected.shape))"
        : "\(actual.shape) is not \(expected.shape)"
    Issue.record("\(name): bits differ: \(difference)", sourceLocation: sourceLocation)
}
