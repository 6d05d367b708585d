/// GPT-2's alphabet: every byte has a printable character, and vocabulary files spell tokens in these.
enum ByteAlphabet {
    /// The character of each byte: its own for printable Latin-1, else the next free one from U+0100 on.
    static let characters: [UInt32] = {
        var free: UInt32 = 0x100
        return (0..<256 as Range<UInt32>).map { byte in
            if 0x21...0x7E ~= byte || 0xA1...0xAC ~= byte || byte >= 0xAE { return byte }
            defer { free += 1 }
            return free
        }
    }()

    /// The byte of each character below U+0144, or -1.
    private nonisolated(unsafe) static let bytes: UnsafePointer<Int16> = {
        let bytes = UnsafeMutablePointer<Int16>.allocate(capacity: 0x144)
        bytes.initialize(repeating: -1, count: 0x144)
        for (byte, character) in characters.enumerated() { bytes[Int(character)] = Int16(byte) }
        return UnsafePointer(bytes)
    }()

    /// Writes the bytes that a spelled token, in valid UTF-8, stands for; they are never more than it has itself.
    ///
    /// - Returns: their number, or nil when a character is not of the alphabet.
    static func decode(_ spelled: UnsafeBufferPointer<UInt8>, to out: UnsafeMutablePointer<UInt8>) -> Int? {
        let bytes = bytes
        var count = 0
        var place = 0
        while place < spelled.count {
            let (scalar, length) = spelled.scalar(at: place)
            guard scalar < 0x144, bytes[Int(scalar)] >= 0 else { return nil }
            out[count] = UInt8(truncatingIfNeeded: bytes[Int(scalar)])
            count += 1
            place += length
        }
        return count
    }

    /// The spelling of some bytes.
    static func spelling(of token: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        for byte in token { out.append(scalar: characters[Int(byte)]) }
        return out
    }
}
