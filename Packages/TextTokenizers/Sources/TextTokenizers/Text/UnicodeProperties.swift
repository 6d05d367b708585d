import CUnicodeTables

/// Properties of a Unicode scalar as the published tokenizers' Python sees them.
struct UnicodeProperties: Sendable {
    let bits: UInt8

    enum PatternClass: UInt8 { case other, letter, number, space }
    enum WordClass: UInt8 { case word, space, removed, punctuation }

    /// The class of the scalar in GPT-2's splitting pattern.
    var patternClass: PatternClass { PatternClass(rawValue: bits & 3) ?? .other }
    /// The class of the scalar in BERT's splitting into words.
    var wordClass: WordClass { WordClass(rawValue: bits >> 2 & 3) ?? .word }
    var isNonSpacingMark: Bool { bits & 16 != 0 }
    /// Whether BERT sets blanks around the scalar.
    var isIdeograph: Bool { bits & 32 != 0 }

    @inline(__always)
    init(_ scalar: UInt32) {
        bits = Self.bytes[Int(scalar)]
    }

    /// The bits of each scalar, filled from the runs on first use; most of its pages are never touched again.
    nonisolated(unsafe) static let bytes: UnsafePointer<UInt8> = {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 0x110000)
        let runs = unicode_property_runs()
        for index in 0..<runs.count {
            let first = Int(runs.values[index] >> 8)
            let next = index + 1 < runs.count ? Int(runs.values[index + 1] >> 8) : 0x110000
            (bytes + first).initialize(repeating: UInt8(truncatingIfNeeded: runs.values[index]), count: next - first)
        }
        return UnsafePointer(bytes)
    }()
}
