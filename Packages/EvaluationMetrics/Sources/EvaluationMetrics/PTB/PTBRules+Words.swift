extension PTBText {
    /// A letter or mark, or an accented vowel spelled as an entity (`&eacute;`).
    func letterOrMark(_ start: Int) -> Int? {
        if self.is(.wordPart, start) { return start + 1 }
        guard self[start] == 0x26, isOne(of: "aeiouAEIOU", start + 1) else { return nil }
        return longest(of: ["acute;", "grave;", "uml;"], start + 2)
    }

    private func lettersAndDigits(_ start: Int) -> Int {
        var end = start
        while let next = self.is(.digit, end) ? end + 1 : letterOrMark(end) { end = next }
        return end
    }

    /// Letters, then digits too, in parts joined by single `.`, `!` or `?`.
    func word(_ start: Int) -> Int? {
        guard var end = letterOrMark(start) else { return nil }
        end = lettersAndDigits(end)
        while isOne(of: ".!?", end), let next = letterOrMark(end + 1) { end = lettersAndDigits(next) }
        return end
    }

    /// `'s`, `'m`, `'d`, `'re`, `'ve`, `'ll`.
    func clitic(_ start: Int) -> Int? {
        guard let end = apostrophe(start) else { return nil }
        if isOne(of: "msdMSD", end) { return end + 1 }
        return longest(of: ["re", "ve", "ll"], end)
    }

    /// `n't`.
    func not(_ start: Int) -> Int? {
        guard let end = literal("n", start), let behind = looseApostrophe(end) else { return nil }
        return literal("t", behind)
    }

    /// The verb before `n't`: it cannot end in n.
    func verbBeforeNot(_ start: Int) -> PTBExtent? {
        let end = run(start) { isASCIILetter($0) || self[$0] == 0xAD }
        guard end - start >= 2, let context = not(end - 1) else { return nil }
        var last = end - 2
        while last > start, self[last] == 0xAD { last -= 1 }
        guard isASCIILetter(last), folded(last) != 0x6E else { return nil }
        return PTBExtent(end - 1, context: context)
    }

    /// Words whose apostrophe belongs to them.
    func apostropheWord(_ start: Int) -> Int? {
        let fixed: [StaticString] = [
            "cont'd", "cont'd.", "nor'easter", "c'mon", "e'er", "s'mores", "ev'ry", "li'l", "nat'l",
        ]
        return [
            longest(of: fixed, start), afterApostrophe(start), wordEndingInApostrophe(start),
            elidedName(start), vowelApostrophe(start),
        ].compactMap { $0 }.max()
    }

    /// `'n'`, `'em`, `'90s`, `'til`, `'cause`.
    private func afterApostrophe(_ start: Int) -> Int? {
        guard let end = apostrophe(start) else { return nil }
        if let and = literal("n", end) { return apostrophe(and) ?? and }
        if (0x32...0x39).contains(self[end]), let decade = literal("0s", end + 1) { return decade }
        return longest(of: ["em", "til", "till", "cause"], end)
    }

    /// `d'`, `l'`, `ol'`, `Dunkin'`.
    private func wordEndingInApostrophe(_ start: Int) -> Int? {
        if isOne(of: "lLdDjJ", start), let end = apostrophe(start + 1) { return end }
        return longest(of: ["dunkin", "somethin", "ol"], start).flatMap(apostrophe)
    }

    /// `O'Hare`, `B'Gosh`, and `O'o`. Quirk: I and Y stand aside for "I'll" and "y'all", and only n is lower case.
    private func elidedName(_ start: Int) -> Int? {
        guard let behind = looseApostrophe(start + 1) else { return nil }
        let first = self[start]
        if first == 0x6E || (isASCIIUppercase(start) && first != 0x49 && first != 0x59),
            let end = run(behind, 2, where: { self.is(.letter, $0) })
        {
            return end
        }
        return folded(start) == 0x6F ? literal("o", behind) : nil
    }

    /// `Shi'ite`: a vowel before the apostrophe and a vowel or capital behind it.
    private func vowelApostrophe(_ start: Int) -> Int? {
        let end = run(start) { self.is(.letter, $0) }
        guard end - start >= 2, isOne(of: "aeiouyAEIOUY", end - 1), let behind = looseApostrophe(end),
            isOne(of: "aeiou", behind) || isASCIIUppercase(behind)
        else { return nil }
        return run(behind + 1) { self.is(.letter, $0) }
    }

    /// The `y'` of "y'all".
    func wordY(_ start: Int) -> PTBExtent? {
        guard let end = literal("y", start).flatMap(apostrophe), self.is(.letter, end) else { return nil }
        return PTBExtent(end, context: end + 1)
    }

    /// Bracket names that are already spelled out, and a few words of the Wall Street Journal.
    func fixedWord(_ start: Int) -> Int? {
        let fixed: [StaticString] = [
            "-rrb-", "-lrb-", "-rcb-", "-lcb-", "-rsb-", "-lsb-", "c.d.s", "pro-", "anti-",
            "s&p-500", "s&amp;p-500", "s&ls", "s&amp;ls",
        ]
        let captain = literal("cap", start).flatMap(apostrophe).flatMap { literal("n", $0) }
        let french = literal("c", start).flatMap(apostrophe).flatMap { literal("est", $0) }
        return [longest(of: fixed, start), captain, french].compactMap { $0 }.max()
    }
}
