/// The rules for web and mail addresses. All run to the first character that cannot stand in one, then back to one
/// that may end it.
extension PTBText {
    private func isOutside(_ characters: StaticString, _ position: Int) -> Bool {
        self[position] >= 0 && !isOne(of: characters, position)
    }

    /// What may stand in a path.
    private func isPathCharacter(_ position: Int) -> Bool { isOutside(" \t\n\u{0C}\r\"<>|()", position) }

    private func isLastCharacter(_ position: Int) -> Bool { isOutside(" \t\n\u{0C}\r\"<>|.!?(){},-", position) }

    /// Goes back from `end` to a character that may end an address; at least one must stand before it.
    private func trimmed(_ start: Int, _ end: Int) -> Int? {
        var end = end
        while end > start + 1, !isLastCharacter(end - 1) { end -= 1 }
        return end > start + 1 ? end : nil
    }

    /// `http://` or `https://` and what follows.
    func address(_ start: Int) -> Int? {
        guard let first = longest(of: ["http://", "https://"], start) else { return nil }
        return trimmed(first, run(first) { isPathCharacter($0) && !isOne(of: "{}", $0) })
    }

    /// A host name that begins with `www.` or ends in a common domain, and its path.
    func hostName(_ start: Int) -> Int? {
        var ends: [Int] = []
        if let first = literal("www.", start) {
            for stop in stops(first, where: { isOutside(" \t\n\u{0C}\r\"<>|.!?(){},", $0) }) {
                ends += [2, 3, 4].compactMap { run(stop, $0, $0, where: isASCIILetter) }
            }
        }
        // Quirk: the reference's list of forbidden characters holds the range from comma to underscore, so that a name
        // without `www.` has neither digits nor capitals.
        for stop in stops(
            start, where: { isOutside(" \t\n\u{0C}\r\"`'<>|!(){}$", $0) && !(0x2C...0x5F).contains(self[$0]) })
        {
            ends += [longest(of: ["com", "net", "org", "edu"], stop)].compactMap { $0 }
        }
        return ends.map { path($0) ?? $0 }.max()
    }

    /// The positions behind the dots that end one, two, ... labels made of `holds`.
    private func stops(_ start: Int, where holds: (Int) -> Bool) -> [Int] {
        var found: [Int] = []
        var label = start
        while let end = run(label, 1, where: holds), self[end] == 0x2E {
            label = end + 1
            found.append(label)
        }
        return found
    }

    private func path(_ start: Int) -> Int? {
        guard self[start] == 0x2F else { return nil }
        return trimmed(start + 1, run(start + 1, where: isPathCharacter))
    }

    /// A mail address, also in pointed brackets. Quirk: almost anything may stand around the `@`.
    func mailAddress(_ start: Int) -> Int? {
        let first = lessThan(start) ?? start
        guard isASCIILetterOrDigit(first) else { return nil }
        let end = run(first) { isPathCharacter($0) && !isOne(of: "{}", $0) && self[$0] != 0xA0 }
        // The host behind the last `@` that has one reaches furthest.
        var at = end - 1
        while at > first, self[at] != 0x40 || at + 1 == end || self[at + 1] == 0x2E { at -= 1 }
        guard at > first else { return nil }
        let reach = mailHost(at + 1, before: end)
        return self[reach] == 0x3E ? reach + 1 : reach
    }

    /// The end of labels joined by single dots; one label at least stands at `start`.
    private func mailHost(_ start: Int, before limit: Int) -> Int {
        var end = start
        while end < limit, self[end] != 0x2E || end + 1 < limit && self[end + 1] != 0x2E { end += 1 }
        return end
    }

    /// `@name` and `#category`.
    func handle(_ start: Int) -> Int? {
        if self[start] == 0x23 {
            var end = start + 1
            while let next = letterOrMark(end) { end = next }
            return end > start + 1 ? end : nil
        }
        guard self[start] == 0x40, isASCIILetter(start + 1) || self[start + 1] == 0x5F else { return nil }
        return run(start + 1) { isASCIILetterOrDigit($0) || self[$0] == 0x5F }
    }
}
