/// The tidying that Hugging Face's `decode` does by default: blanks before punctuation and English clitics go.
enum TextCleanup {
    /// The replacements in the reference's order; each removes the blanks of its pattern.
    private static let patterns: [[UInt8]] = [
        " .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're",
    ].map { Array($0.utf8) }

    static func clean(_ bytes: inout [UInt8]) {
        // Nothing to do for most texts but a look at what follows each blank.
        guard zip(bytes, bytes.dropFirst()).contains(where: { $0 == blank && mayFollow($1) }) else { return }
        for pattern in patterns { removeBlanks(of: pattern, in: &bytes) }
    }

    /// The last place where a text may be cut so that cleaning the two parts equals cleaning the whole, whatever
    /// text follows: before a blank that no pattern can span.
    static func lastSafeCut(in bytes: [UInt8]) -> Int {
        for index in stride(from: bytes.count - 3, to: 0, by: -1) where bytes[index] == blank {
            let next = bytes[index + 1]
            let previous = bytes[index - 1]
            // An n may begin " n't", also spelled " n ' t"; behind an apostrophe the blank may be its " ' ".
            let isSafe = next != blank && !mayFollow(next) || next == letterN && isLetter(bytes[index + 2])
            if isSafe, previous != apostrophe, previous != blank { return index }
        }
        return 0
    }

    private static let blank = UInt8(ascii: " ")
    private static let apostrophe = UInt8(ascii: "'")
    private static let letterN = UInt8(ascii: "n")

    private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 &- 0x61 < 26 }

    private static func mayFollow(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "?"), UInt8(ascii: "!"), UInt8(ascii: ","), apostrophe, letterN: true
        default: false
        }
    }

    private static func removeBlanks(of pattern: [UInt8], in bytes: inout [UInt8]) {
        var read = 0
        var write = 0
        while read < bytes.count {
            if bytes[read] == blank, bytes[read...].starts(with: pattern) {
                for byte in pattern where byte != blank {
                    bytes[write] = byte
                    write += 1
                }
                read += pattern.count
            } else {
                bytes[write] = bytes[read]
                write += 1
                read += 1
            }
        }
        bytes.removeSubrange(write...)
    }
}
