extension PTBText {
    private func isHyphen(_ position: Int) -> Bool {
        switch self[position] {
        case 0x2D, 0x5F, 0x58A, 0x2010, 0x2011: true
        default: false
        }
    }

    private func compoundPart(_ start: Int) -> Int? {
        if isOne(of: "dDoOlL", start), let behind = looseApostrophe(start + 1),
            let end = run(behind, 2, where: { self.is(.letterOrDigit, $0) })
        {
            return end
        }
        return run(start, 1) { self.is(.letterOrDigit, $0) }
    }

    /// Letters and digits joined by hyphens; a part may begin with `d'`, `o'` or `l'`.
    func compound(_ start: Int) -> Int? {
        guard var end = compoundPart(start) else { return nil }
        while isHyphen(end), let next = compoundPart(end + 1) { end = next }
        return end
    }

    /// Every end of an ASCII word with hyphens in it, whose head may hold commas and full stops ("10,000-foot") and
    /// whose parts may be acronyms ("anti-U.S.").
    func hyphenatedEnds(_ start: Int) -> [Int] {
        guard isASCIILetterOrDigit(start) else { return [] }
        let head = run(start) { isASCIILetterOrDigit($0) || isOne(of: ".,", $0) || self[$0] == 0xAD }
        var pending = [head]
        var ends: [Int] = []
        while let end = pending.popLast() {
            guard self[end] == 0x2D else { continue }
            var next = acronyms(end + 1, longerThanALetter: true).filter { self[$0] == 0x2E }.map { $0 + 1 }
            if let part = run(end + 1, 1, where: { isASCIILetterOrDigit($0) || self[$0] == 0xAD }) { next.append(part) }
            ends += next
            pending += next
        }
        return ends
    }

    /// `AT&T`: capitals joined by `&` or `+`.
    func joinedCapitals(_ start: Int) -> Int? {
        guard let head = run(start, 1, where: isASCIIUppercase) else { return nil }
        var pending = [head]
        var longest: Int?
        while let end = pending.popLast() {
            let joints = [isOne(of: "+&", end) ? end + 1 : nil, literal("&amp;", end)].compactMap { $0 }
            let next = joints.compactMap { run($0, 1, where: isASCIIUppercase) }
            longest = ([longest].compactMap { $0 } + next).max()
            pending += next
        }
        return longest
    }

    private func slashedPart(_ start: Int) -> Int? {
        guard var end = run(start, 1, where: isASCIILetterOrDigit) else { return nil }
        for _ in 0..<2 {
            guard self[end] == 0x2D, let next = run(end + 1, 1, where: isASCIILetter) else { break }
            end = next
        }
        return end
    }

    /// `and/or`: two or three ASCII words, each with up to two hyphens, joined by slashes.
    func slashedWord(_ start: Int) -> Int? {
        guard var end = slashedPart(start) else { return nil }
        var partCount = 1
        while partCount < 3, let slash = slash(end), let next = slashedPart(slash) {
            end = next
            partCount += 1
        }
        return partCount > 1 ? end : nil
    }

    /// A slash that may be escaped.
    func slash(_ start: Int) -> Int? {
        let place = self[start] == 0x5C ? start + 1 : start
        return self[place] == 0x2F ? place + 1 : nil
    }

    /// A full stop that a comma, colon or semicolon follows belongs to the word.
    func withStop(_ end: Int?) -> PTBExtent? {
        guard let end, self[end] == 0x2E, isInnerPunctuation(end + 1) else { return nil }
        return PTBExtent(end + 1, context: end + 2)
    }

    /// A file name with one of the known endings, its parts joined by dots.
    func fileName(_ start: Int) -> PTBExtent? {
        let endings: Set<String> = [
            "bat", "bmp", "c", "class", "cgi", "cpp", "dll", "doc", "docx", "exe", "gif", "gz", "h", "htm", "html",
            "jar", "java", "jpeg", "jpg", "mov", "mp3", "pdf", "php", "pl", "png", "ppt", "ps", "py", "sql", "tar",
            "txt", "wav", "x", "xml", "zip",
        ]
        var best: PTBExtent?
        var end = namePart(start)
        while let joint = end, self[joint] == 0x2E, let next = namePart(joint + 1) {
            if let context = behindFileName(next), next - joint <= 6, endings.contains(foldedText(joint + 1, next)) {
                best = PTBExtent(next, context: context)
            }
            end = next
        }
        return best
    }

    private func namePart(_ start: Int) -> Int? {
        var end = start
        while let next = self.is(.digit, end) ? end + 1 : letterOrMark(end) { end = next }
        return end > start ? end : nil
    }

    private func behindFileName(_ position: Int) -> Int? {
        isOne(of: ".?!,", position) ? position + 1 : spaceOrBreak(position)
    }

    /// The ASCII text of a range in lower case; anything else becomes a NUL, which no list holds.
    func foldedText(_ start: Int, _ end: Int) -> String {
        String(decoding: (start..<end).map { UInt8(exactly: folded($0)) ?? 0 }, as: Unicode.ASCII.self)
    }
}
