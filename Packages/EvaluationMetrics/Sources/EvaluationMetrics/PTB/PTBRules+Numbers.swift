extension PTBText {
    /// `5/6/14`, `2014-05-06` from its second part on.
    func date(_ start: Int) -> Int? {
        guard let day = digits(start, 1, 2), isOne(of: "-/", day),
            let month = digits(day + 1, 1, 2), isOne(of: "-/", month)
        else { return nil }
        return digits(month + 1, 2, 4)
    }

    /// Digits with inner `.`, `,`, `:` and Arabic separators, and a sign; times too.
    func number(_ start: Int) -> Int? {
        let first = isOne(of: "-+", start) ? start + 1 : start
        var end = digits(first, 0) ?? first
        while isNumberSeparator(end), let next = digits(end + 1) { end = next }
        return end > first ? end : nil
    }

    private func isNumberSeparator(_ position: Int) -> Bool {
        switch self[position] {
        case 0x2E, 0x3A, 0x2C, 0xAD, 0x66B, 0x66C: true
        default: false
        }
    }

    /// Raised or lowered digits.
    func superscript(_ start: Int) -> Int? {
        let first = [0x207A, 0x207B, 0x208A, 0x208B].contains(self[start]) ? start + 1 : start
        let raised = run(first, 1) {
            switch self[$0] {
            case 0x2070, 0xB9, 0xB2, 0xB3, 0x2074...0x2079: true
            default: false
            }
        }
        return raised ?? run(first, 1) { (0x2080...0x2089).contains(self[$0]) }
    }

    /// `3/4`, and `2 3/4` as one token.
    func fraction(_ start: Int) -> Int? {
        if let whole = digits(start, 1, 4), isOne(of: "- ", whole) || self[whole] == 0xA0,
            let end = plainFraction(whole + 1)
        {
            return end
        }
        return plainFraction(start)
    }

    private func plainFraction(_ start: Int) -> Int? {
        guard let above = digits(start, 1, 4) else { return nil }
        return (self[above] == 0x2044 ? above + 1 : slash(above)).flatMap { digits($0, 1, 4) }
    }

    func isFractionSign(_ position: Int) -> Bool {
        (0xBC...0xBE).contains(self[position]) || (0x2153...0x215E).contains(self[position])
    }

    /// `$`, `US$`, `#`.
    func dollar(_ start: Int) -> Int? {
        if self[start] == 0x23 { return start + 1 }
        let end = run(start, where: isASCIIUppercase)
        return self[end] == 0x24 ? end + 1 : nil
    }

    func isCurrencySign(_ position: Int) -> Bool {
        switch self[position] {
        case 0x80, 0xA2...0xA5, 0x60B, 0xE3F, 0x20A0, 0x20A4, 0x20AC, 0xFFE0, 0xFFE1, 0xFFE5, 0xFFE6: true
        default: false
        }
    }

    /// Phone numbers with brackets, hyphens or blanks, or with dots.
    func phoneNumber(_ start: Int) -> Int? {
        [spacedPhoneNumber(start), dottedPhoneNumber(start)].compactMap { $0 }.max()
    }

    /// Every end of `least` to `most` ASCII digits.
    private func asciiDigits(_ start: Int, _ least: Int, _ most: Int) -> [Int] {
        let count = run(start, 0, most, where: isASCIIDigit).map { $0 - start } ?? 0
        return count < least ? [] : Array(start + least...start + count)
    }

    private func behindPlus(_ start: Int) -> Int {
        guard self[start] == 0x2B else { return start }
        return self[start + 1] == 0x2B ? start + 2 : start + 1
    }

    private func isPhoneSeparator(_ position: Int) -> Bool { isOne(of: "- ", position) || self[position] == 0xA0 }

    private func group(_ start: Int) -> [Int] {
        asciiDigits(start, 2, 4).filter(isPhoneSeparator).map { $0 + 1 }
    }

    private func spacedPhoneNumber(_ start: Int) -> Int? {
        var heads: [Int]
        if self[start] == 0x28 {
            heads = asciiDigits(start + 1, 2, 3).filter { self[$0] == 0x29 }.map { $0 + 1 }
            heads += heads.filter { self[$0] == 0x20 || self[$0] == 0xA0 }.map { $0 + 1 }
        } else {
            heads = group(behindPlus(start))
            heads += heads.flatMap(group)
        }
        let middles = heads.flatMap { asciiDigits($0, 3, 4) }
        return (middles + middles.filter(isPhoneSeparator).map { $0 + 1 }).flatMap { asciiDigits($0, 3, 5) }.max()
    }

    private func dottedGroup(_ start: Int, _ least: Int) -> [Int] {
        asciiDigits(start, least, 4).filter { self[$0] == 0x2E }.map { $0 + 1 }
    }

    private func dottedPhoneNumber(_ start: Int) -> Int? {
        let heads = [start] + dottedGroup(behindPlus(start), 2)
        return heads.flatMap { dottedGroup($0, 2) }.flatMap { dottedGroup($0, 3) }
            .flatMap { asciiDigits($0, 3, 5) }.max()
    }
}
