import CUnicodeTables

/// Lower case and canonical decomposition, in the version of Unicode that the published tokenizers ran on.
enum Decomposition {
    /// Calls `body` with each scalar of the lower case of `scalar`.
    static func forEachLowerCase(of scalar: UInt32, _ body: (UInt32) -> Void) {
        if scalar < 0x80 {
            body(scalar &- 0x41 < 26 ? scalar | 0x20 : scalar)
        } else if scalar == 0x130 {
            body(0x69)  // the only lower case of two scalars
            body(0x307)
        } else {
            body(value(for: scalar, inPairs: unicode_lower_case_pairs()) ?? scalar)
        }
    }

    /// Calls `body` with each scalar of the full canonical decomposition of `scalar`.
    static func forEachDecomposed(_ scalar: UInt32, _ body: (UInt32) -> Void) {
        if scalar < 0xC0 {
            body(scalar)
        } else if 0xAC00..<0xD7A4 ~= scalar {
            let index = scalar - 0xAC00
            body(0x1100 + index / 588)
            body(0x1161 + index % 588 / 28)
            if index % 28 > 0 { body(0x11A7 + index % 28) }
        } else if let entry = value(for: scalar, inPairs: unicode_decomposition_index()) {
            let scalars = unicode_decomposition_scalars()
            for offset in 0..<entry & 7 { body(scalars.values[Int(entry >> 3 + offset)]) }
        } else {
            body(scalar)
        }
    }

    /// The canonical combining class: 0 for a starter.
    static func combiningClass(_ scalar: UInt32) -> UInt8 {
        if scalar < 0x300 { return 0 }
        let runs = unicode_combining_class_runs()
        let after = firstIndex(below: runs.count) { runs.values[$0] >> 8 > scalar }
        return after == 0 ? 0 : UInt8(truncatingIfNeeded: runs.values[after - 1])
    }

    private static func value(for scalar: UInt32, inPairs table: UnicodeTable) -> UInt32? {
        let pair = firstIndex(below: table.count / 2) { table.values[2 * $0] >= scalar }
        return pair < table.count / 2 && table.values[2 * pair] == scalar ? table.values[2 * pair + 1] : nil
    }

    private static func firstIndex(below count: Int, where isAfter: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isAfter(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
