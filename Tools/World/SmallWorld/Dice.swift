import Tensors

/// Draws from a key, one after the other. The arithmetic is our own, so that no library's next version changes a world.
struct Dice {
    private var sequence: RandomSequence

    init(_ key: RandomKey) { sequence = RandomSequence(key) }

    /// A whole number from 0 to `count - 1`.
    mutating func below(_ count: Int) -> Int {
        Int(sequence.next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// A number in a range.
    mutating func real(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + Double(sequence.next() >> 11) * 0x1p-53 * (range.upperBound - range.lowerBound)
    }

    /// True with the given probability.
    mutating func chance(_ probability: Double) -> Bool { real(0...1) < probability }

    /// One of the elements, each as likely as another.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// The number of the share that is hit; shares need not add up to 1.
    mutating func share(_ shares: [Double]) -> Int {
        var rest = real(0...1) * shares.reduce(0, +)
        for (index, share) in shares.enumerated() {
            rest -= share
            if rest < 0 { return index }
        }
        return shares.count - 1
    }
}
