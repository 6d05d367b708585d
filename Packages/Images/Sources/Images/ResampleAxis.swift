import CImages

/// Where each output pixel of one axis takes its sum from, and with which weights in 22-bit fixed point: Pillow's
/// `precompute_coeffs` and `normalize_coeffs_8bpc` (src/libImaging/Resample.c).
struct ResampleAxis {
    let outputs: Int
    let taps: Int
    private(set) var first: [Int32]
    private(set) var counts: [Int32]
    private(set) var weights: [Int32]

    init(from input: Int, to outputs: Int, filter: ResampleFilter) {
        let scale = Double(input) / Double(outputs)
        let spread = max(scale, 1)
        let support = filter.support * spread
        self.outputs = outputs
        taps = Int(support.rounded(.up)) * 2 + 1
        first = []
        counts = []
        weights = [Int32](repeating: 0, count: outputs * taps)
        first.reserveCapacity(outputs)
        counts.reserveCapacity(outputs)
        for output in 0..<outputs {
            let centre = (Double(output) + 0.5) * scale
            let start = max(0, Int(centre - support + 0.5))
            let end = min(input, Int(centre + support + 0.5))
            first.append(Int32(start))
            counts.append(Int32(end - start))
            let real = (start..<end).map { filter.weight((Double($0) - centre + 0.5) * (1 / spread)) }
            quantise(real, at: output * taps)
        }
    }

    /// The input pixels that any output needs.
    var inputs: Range<Int> {
        guard let low = first.first, let high = first.last, let count = counts.last else { return 0..<0 }
        return Int(low)..<Int(high + count)
    }

    private mutating func quantise(_ real: [Double], at offset: Int) {
        let total = real.reduce(0, +)
        for (tap, value) in real.enumerated() {
            let scaled = (total == 0 ? value : value / total) * Double(1 << 22)
            weights[offset + tap] = Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
        }
    }

    /// Hands the axis to a C kernel.
    func withAxis<Result>(_ body: (UnsafePointer<img_axis>) -> Result) -> Result {
        first.withUnsafeBufferPointer { first in
            counts.withUnsafeBufferPointer { counts in
                weights.withUnsafeBufferPointer { weights in
                    var axis = img_axis(
                        outputs: Int32(outputs), taps: Int32(taps), first: first.baseAddress,
                        taps_of: counts.baseAddress, weights: weights.baseAddress)
                    return body(&axis)
                }
            }
        }
    }
}
