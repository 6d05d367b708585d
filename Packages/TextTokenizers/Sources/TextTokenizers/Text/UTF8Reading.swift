extension UnsafeBufferPointer<UInt8> {
    /// The scalar that begins at a byte of valid UTF-8, and its length in bytes.
    @inline(__always)
    func scalar(at place: Int) -> (scalar: UInt32, length: Int) {
        let first = UInt32(self[place])
        if first < 0x80 { return (first, 1) }
        if first < 0xE0 { return ((first & 0x1F) << 6 | tail(place + 1), 2) }
        if first < 0xF0 { return ((first & 0xF) << 12 | tail(place + 1) << 6 | tail(place + 2), 3) }
        return ((first & 7) << 18 | tail(place + 1) << 12 | tail(place + 2) << 6 | tail(place + 3), 4)
    }

    /// Where the scalar begins that ends before a place of valid UTF-8.
    @inline(__always)
    func startOfScalar(before end: Int) -> Int {
        var place = end - 1
        while self[place] & 0xC0 == 0x80 { place -= 1 }
        return place
    }

    @inline(__always)
    private func tail(_ place: Int) -> UInt32 { UInt32(self[place]) & 0x3F }
}

extension [UInt8] {
    /// Appends a scalar in UTF-8.
    mutating func append(scalar: UInt32) {
        if scalar < 0x80 {
            append(UInt8(scalar))
        } else if scalar < 0x800 {
            append(UInt8(0xC0 | scalar >> 6))
            append(UInt8(0x80 | scalar & 0x3F))
        } else {
            if scalar < 0x10000 {
                append(UInt8(0xE0 | scalar >> 12))
            } else {
                append(UInt8(0xF0 | scalar >> 18))
                append(UInt8(0x80 | scalar >> 12 & 0x3F))
            }
            append(UInt8(0x80 | scalar >> 6 & 0x3F))
            append(UInt8(0x80 | scalar & 0x3F))
        }
    }
}
