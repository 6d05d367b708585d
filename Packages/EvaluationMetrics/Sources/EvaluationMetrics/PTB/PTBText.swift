/// The text under the Penn Treebank scanner, as UTF-16 code units, with the small matchers its rules are made of.
///
/// A matcher takes a position and gives the position behind what it found, or nil. Positions past the end are legal
/// and match nothing.
struct PTBText {
    let units: UnsafeBufferPointer<UInt16>

    /// The unit at `position`, or -1 past the end.
    subscript(position: Int) -> Int {
        position < units.count ? Int(units[position]) : -1
    }

    func `is`(_ classes: PTBCharacter, _ position: Int) -> Bool {
        position < units.count && !PTBCharacter(units[position]).isDisjoint(with: classes)
    }

    /// Whether the unit is one of `characters`, all ASCII.
    func isOne(of characters: StaticString, _ position: Int) -> Bool {
        let unit = self[position]
        guard unit >= 0, unit < 128 else { return false }
        return UnsafeBufferPointer(start: characters.utf8Start, count: characters.utf8CodeUnitCount)
            .contains(UInt8(unit))
    }

    func isASCIILetter(_ position: Int) -> Bool {
        let unit = self[position]
        return unit >= 0 && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(UInt8(truncatingIfNeeded: unit | 0x20))
            && unit < 128
    }

    func isASCIIDigit(_ position: Int) -> Bool { (0x30...0x39).contains(self[position]) }

    func isASCIILetterOrDigit(_ position: Int) -> Bool { isASCIILetter(position) || isASCIIDigit(position) }

    func isASCIIUppercase(_ position: Int) -> Bool { (0x41...0x5A).contains(self[position]) }
}

// MARK: - Runs

extension PTBText {
    /// The end of the longest run from `start` whose every position satisfies `holds`.
    func run(_ start: Int, where holds: (Int) -> Bool) -> Int {
        var end = start
        while end < units.count, holds(end) { end += 1 }
        return end
    }

    /// As `run`, but nil if it holds fewer than `least` units; longer ones are cut at `most`.
    func run(_ start: Int, _ least: Int, _ most: Int = .max, where holds: (Int) -> Bool) -> Int? {
        var end = start
        while end < units.count, end - start < most, holds(end) { end += 1 }
        return end - start >= least ? end : nil
    }

    /// `least` to `most` decimal digits of any script.
    func digits(_ start: Int, _ least: Int = 1, _ most: Int = .max) -> Int? {
        run(start, least, most) { self.is(.digit, $0) }
    }
}

// MARK: - Literals

extension PTBText {
    /// The lower-case ASCII letter that stands for the unit in a caseless comparison, or the unit itself.
    ///
    /// Quirk: the long s, the Kelvin sign and both Turkish i count as s, k and i.
    func folded(_ position: Int) -> Int {
        let unit = self[position]
        switch unit {
        case 0x41...0x5A: return unit + 0x20
        case 0x17F: return 0x73
        case 0x212A: return 0x6B
        case 0x130, 0x131: return 0x69
        default: return unit
        }
    }

    /// `text` in lower-case ASCII, whatever the case of the units.
    func literal(_ text: StaticString, _ start: Int) -> Int? {
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        for (offset, byte) in bytes.enumerated() where folded(start + offset) != Int(byte) { return nil }
        return start + bytes.count
    }

    /// The longest of `texts` that stands at `start`.
    func longest(of texts: [StaticString], _ start: Int) -> Int? {
        texts.compactMap { literal($0, start) }.max()
    }

    /// A straight apostrophe, the closing single quote of Unicode or of Windows, or `&apos;`.
    func apostrophe(_ start: Int) -> Int? {
        switch self[start] {
        case 0x27, 0x92, 0x2019: start + 1
        default: literal("&apos;", start)
        }
    }

    /// What people type for an apostrophe inside a word, rightly or wrongly.
    func looseApostrophe(_ start: Int) -> Int? {
        switch self[start] {
        case 0x60, 0x91, 0x2018, 0x201B: start + 1
        default: apostrophe(start)
        }
    }
}

// MARK: - White space

extension PTBText {
    func isSpace(_ position: Int) -> Bool { self.is(.space, position) }

    func isSpaceOrBreak(_ position: Int) -> Bool { self.is([.space, .lineBreak], position) }

    /// One blank or line break; a carriage return takes the line feed that follows.
    func spaceOrBreak(_ start: Int) -> Int? {
        guard isSpaceOrBreak(start) else { return nil }
        return self[start] == 0x0D && self[start + 1] == 0x0A ? start + 2 : start + 1
    }

    /// A comma, a colon, a semicolon or the ideographic comma.
    func isInnerPunctuation(_ position: Int) -> Bool {
        isOne(of: ",;:", position) || self[position] == 0x3001
    }
}
