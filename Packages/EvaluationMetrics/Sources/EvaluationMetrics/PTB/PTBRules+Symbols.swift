extension PTBText {
    func lessThan(_ start: Int) -> Int? { longest(of: ["<", "&lt;"], start) }

    func greaterThan(_ start: Int) -> Int? { longest(of: [">", "&gt;"], start) }

    /// A tag, a comment or a declaration of SGML.
    func tag(_ start: Int) -> Int? {
        guard self[start] == 0x3C else { return nil }
        var end: Int?
        if isOne(of: "!?", start + 1), isASCIILetter(start + 2) || self[start + 2] == 0x2D {
            end = run(start + 3) { !isOne(of: ">\r\n", $0) }
        } else if self[start + 1] == 0x2F {
            end = tagName(start + 2).map(behindBlanks)
        } else {
            end = tagName(start + 1).map(behindAttributes)
        }
        return end.flatMap { self[$0] == 0x3E ? $0 + 1 : nil }
    }

    private func tagName(_ start: Int) -> Int? {
        guard isASCIILetter(start) else { return nil }
        return run(start) { isASCIILetterOrDigit($0) || isOne(of: "_:.-", $0) }
    }

    private func behindBlanks(_ start: Int) -> Int { run(start) { self[$0] == 0x20 } }

    /// Attributes with quoted values, which may span lines, and a closing slash.
    private func behindAttributes(_ start: Int) -> Int {
        var end = start
        while self[end] == 0x20, let name = tagName(behindBlanks(end)) {
            let equals = behindBlanks(name)
            end = name
            guard self[equals] == 0x3D else { continue }
            guard let value = quotedValue(behindBlanks(equals + 1)) else { return equals }
            end = value
        }
        let slash = behindBlanks(end)
        return self[slash] == 0x2F ? behindBlanks(slash + 1) : slash
    }

    private func quotedValue(_ start: Int) -> Int? {
        let mark = self[start]
        guard mark == 0x27 || mark == 0x22 else { return nil }
        let end = run(start + 1) { self[$0] != mark }
        return self[end] == mark ? end + 1 : nil
    }

    /// Dashes, and their names as entities.
    func dash(_ start: Int) -> Int? {
        switch self[start] {
        case 0x96, 0x97, 0x2013...0x2015: start + 1
        default: longest(of: ["&md;", "&mdash;", "&ndash;"], start)
        }
    }

    /// A few entities of news wires, and any numbered one.
    func entity(_ start: Int) -> Int? {
        if let first = literal("&#", start) {
            return run(first, 1, where: isASCIIDigit).flatMap { literal(";", $0) }
        }
        return longest(of: ["&ht;", "&tl;", "&ur;", "&lr;", "&qc;", "&ql;", "&qr;", "&odq;", "&cdq;"], start)
    }

    func doubleQuote(_ start: Int) -> Int? { longest(of: ["\"", "&quot;"], start) }

    private func isCurlyQuote(_ position: Int) -> Bool {
        switch self[position] {
        case 0x60, 0x91...0x94, 0xAB, 0xBB, 0x2018...0x201F, 0x2039, 0x203A: true
        default: false
        }
    }

    /// An apostrophe, two straight ones, or one or two curly quotes.
    func quote(_ start: Int) -> Int? {
        [longest(of: ["''"], start), apostrophe(start), run(start, 1, 2, where: isCurlyQuote)].compactMap { $0 }.max()
    }

    /// A straight quote before a word of two characters or more.
    func openingQuote(_ start: Int) -> PTBExtent? {
        guard self[start] == 0x27, isASCIILetter(start + 1), self[start + 2] >= 0, !isOne(of: " \t\n\r", start + 2),
            self[start + 2] != 0xA0
        else { return nil }
        return PTBExtent(start + 1, context: start + 3)
    }

    /// `:-)` and its kin, unless a letter or digit follows.
    func smiley(_ start: Int) -> PTBExtent? {
        let eyes = isOne(of: "<>", start) ? start + 1 : start
        guard isOne(of: ":;=", eyes) else { return nil }
        let mouth = isOne(of: "-o*'", eyes + 1) ? eyes + 2 : eyes + 1
        guard isOne(of: "()DPdpO\\{@|[]", mouth), self[mouth + 1] >= 0, !isASCIILetterOrDigit(mouth + 1) else {
            return nil
        }
        return PTBExtent(mouth + 1, context: mouth + 2)
    }

    /// `^_^`, `(-_-)`.
    func asianSmiley(_ start: Int) -> Int? {
        func isEye(_ position: Int) -> Bool { isOne(of: "^x=~<>", position) }
        func isWideEye(_ position: Int) -> Bool { isOne(of: "^x=~<>-'", position) }
        if isWideEye(start), self[start + 1] == 0x5F, isWideEye(start + 2) { return start + 3 }
        if isEye(start), let end = dottedFace(start + 1) { return end }
        guard self[start] == 0x28, isWideEye(start + 1) else { return nil }
        let nose = isOne(of: "_.", start + 2) ? start + 3 : start + 2
        if isWideEye(nose), self[nose + 1] == 0x29 { return nose + 2 }
        guard isOne(of: "^x=~<>'", start + 1), self[start + 2] == 0x2D, isOne(of: "^x=~<>'`", start + 3),
            self[start + 4] == 0x29
        else { return nil }
        return start + 5
    }

    /// Quirk: the reference means `^.^` but its pattern reads `.[^x=`, then anything up to a `<`, then `>]`.
    private func dottedFace(_ start: Int) -> Int? {
        guard let first = literal(".[^x=", start) else { return nil }
        return literal("<>]", run(first) { self[$0] != 0x3C })
    }

    /// Three to five dots, three to five dots with blanks between, or the character.
    func ellipsis(_ start: Int) -> Int? {
        if self[start] == 0x85 || self[start] == 0x2026 { return start + 1 }
        guard self[start] == 0x2E else { return nil }
        if let dots = run(start, 3, 5, where: { self[$0] == 0x2E }) { return dots }
        var end = start + 1
        var count = 1
        while count < 5, self[end] == 0x20 || self[end] == 0xA0, self[end + 1] == 0x2E {
            end += 2
            count += 1
        }
        return count >= 3 ? end : nil
    }

    /// A run of one of `@`, `#`, `_`.
    func marks(_ start: Int) -> Int? {
        guard isOne(of: "@#_", start) else { return nil }
        return run(start) { self[$0] == self[start] }
    }

    /// Asterisks, or up to three escaped ones.
    func asterisks(_ start: Int) -> Int? {
        if let end = run(start, 1, where: { self[$0] == 0x2A }) { return end }
        var end = start
        for _ in 0..<3 { end = literal("\\*", end) ?? end }
        return end > start ? end : nil
    }

    /// Characters that leave no trace: NUL, zero-width blanks, direction marks, and any run of blanks.
    func blank(_ start: Int) -> Int? {
        switch self[start] {
        case 0, 0x200B, 0x200E, 0x200F, 0xFEFF: start + 1
        default: run(start, 1, where: isSpace)
        }
    }
}
