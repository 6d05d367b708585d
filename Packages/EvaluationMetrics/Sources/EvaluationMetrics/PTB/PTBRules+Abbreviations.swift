/// The abbreviations the scanner knows, by what usually follows them.
enum PTBAbbreviations {
    /// Mostly inside a sentence: before a capital or at the end of the text a second full stop is understood.
    static let inner: Set<String> = [
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
        "mon", "tue", "tues", "wed", "thu", "thurs", "fri",
        "ala", "ariz", "calif", "colo", "conn", "ct", "dak", "fla", "ga", "ind", "kan", "kans", "ky", "md", "mich",
        "minn", "mo", "mont", "neb", "nev", "okla", "penn", "tenn", "va", "vt", "wis", "wisc", "wyo",
        "inc", "co", "cos", "corp", "pte", "ppte", "ptes", "pptes", "pty", "ppty", "ptys", "pptys", "ltd", "plc", "rt",
        "bancorp", "bhd", "assn", "univ", "intl", "sys",
        "tel", "est", "ext", "sq", "jr", "sr", "bros", "blvd", "rd", "esq", "etc", "al", "seq", "bldg",
    ]
    /// As `inner`, but only with a capital, because the word is a common one.
    static let innerCapitalized: Set<String> = [
        "az", "ark", "del", "ill", "la", "mass", "miss", "ore", "pa", "tex", "wash",
    ]
    /// Mostly before a name, never at the end of a sentence.
    static let leading: Set<String> = [
        "mr", "mrs", "ms", "dr", "drs", "prof", "profs", "sen", "sens", "rep", "reps", "atty", "attys", "lt", "col",
        "gen", "messrs", "gov", "govs", "adm", "rev", "maj", "sgt", "cpl", "pvt", "capt", "st", "ste", "ave", "pres",
        "lieut", "hon", "brig", "cmdr", "comdr", "pfc", "spc", "supt", "supts", "det", "mt", "ft", "adj", "adv",
        "asst", "assoc", "ens", "insp", "mlle", "mme", "msgr", "sfc", "vs", "alex", "wm", "jos", "cie", "cf", "treas",
        "ph", "invt", "elec", "natl", "mfg", "mtg", "dept",
    ]
    /// Which letter of a caseless abbreviation must be lower case all the same.
    static let lowercaseOffsets = [
        "pte": 2, "ptes": 2, "pty": 2, "ptys": 2, "ppte": 3, "pptes": 3, "ppty": 3, "pptys": 3, "mfg": 1, "mtg": 1,
    ]
    /// Only before a number.
    static let numeric: Set<String> = ["ca", "fig", "figs", "prop", "no", "nos", "art", "bldg", "pp", "op"]
    /// What may open a new sentence behind an acronym: the first letter is a capital, the rest in any case.
    static let sentenceOpeners: Set<String> = [
        "about", "according", "additionally", "after", "an", "a", "as", "at", "but", "earlier", "he", "her", "here",
        "however", "if", "in", "it", "last", "many", "more", "mr.", "ms.", "now", "once", "one", "other", "our", "she",
        "since", "so", "some", "such", "that", "the", "their", "then", "there", "these", "they", "this", "we", "when",
        "while", "what", "yet", "you",
    ]

    /// The longest word of any list.
    static let longest = 12
}

extension PTBText {
    /// The run of letters at `start` in lower case, if it is short enough to be an abbreviation.
    private func shortWord(_ start: Int) -> (text: String, end: Int)? {
        let end = run(start, 1, PTBAbbreviations.longest + 1) { (0x61...0x7A).contains(folded($0)) }
        guard let end, end - start <= PTBAbbreviations.longest else { return nil }
        return (foldedText(start, end), end)
    }

    /// Quirk: `Pty.`, `Mfg.` and their kin are caseless but for the letter in which they differ.
    private func hasKnownCase(_ text: String, _ start: Int) -> Bool {
        guard let offset = PTBAbbreviations.lowercaseOffsets[text] else { return true }
        return (0x61...0x7A).contains(self[start + offset])
    }

    /// The ends of dotted letters (`U.S` without the last stop), and of a few hyphenated ones.
    func acronyms(_ start: Int, longerThanALetter: Bool = false) -> [Int] {
        let hyphenated: [StaticString] = [
            "canada-u.s", "sino-u.s", "korean-u.s", "eu-u.s", "japan-u.s", "non-u.s", "u.s.-u.k", "u.s.-u.s.s.r",
        ]
        var ends = hyphenated.compactMap { literal($0, start) }
        guard isASCIILetter(start) else { return ends }
        var end = start + 1
        if !longerThanALetter { ends.append(end) }
        while self[end] == 0x2E, isASCIILetter(end + 1) {
            end += 2
            ends.append(end)
        }
        return ends
    }

    /// An abbreviation of the inner kind with its full stop.
    func innerAbbreviation(_ start: Int) -> Int? {
        if let degree = longest(of: ["ed.d.", "ph.d."], start) { return degree }
        guard let (text, end) = shortWord(start), self[end] == 0x2E else { return nil }
        let isKnown =
            PTBAbbreviations.inner.contains(text) && hasKnownCase(text, start)
            || isASCIIUppercase(start) && PTBAbbreviations.innerCapitalized.contains(text)
        return isKnown ? end + 1 : nil
    }

    /// The ends of abbreviations that lead to a name, without their full stop.
    private func leadingAbbreviations(_ start: Int) -> [Int] {
        var ends = acronyms(start) + [literal("a.k.a", start)].compactMap { $0 }
        if let (text, end) = shortWord(start),
            PTBAbbreviations.leading.contains(text) && hasKnownCase(text, start)
                || text == "miss" && isASCIIUppercase(start)
        {
            ends.append(end)
        }
        return ends
    }

    /// As above with the full stop.
    func title(_ start: Int) -> Int? {
        leadingAbbreviations(start).filter { self[$0] == 0x2E }.max().map { $0 + 1 }
    }

    func titleWithoutStop(_ start: Int) -> PTBExtent? {
        leadingAbbreviations(start).filter(isSpace).max().map { PTBExtent($0, context: $0 + 1) }
    }

    func acronymWithoutStop(_ start: Int) -> PTBExtent? {
        acronyms(start).filter(isSpaceOrBreak).max().flatMap { end in
            spaceOrBreak(end).map { PTBExtent(end, context: $0) }
        }
    }

    /// An acronym before a word that opens a sentence: its stop then ends the sentence before.
    func acronymBeforeSentence(_ start: Int) -> PTBExtent? {
        guard let stop = acronyms(start).filter({ self[$0] == 0x2E && isSpaceOrBreak($0 + 1) }).max() else {
            return nil
        }
        let next = run(stop + 1, where: isSpaceOrBreak)
        let behind = [sentenceOpener(next), tag(next)].compactMap { $0 }.compactMap(spaceOrBreak)
        return behind.max().map { PTBExtent(stop + 1, context: $0) }
    }

    private func sentenceOpener(_ start: Int) -> Int? {
        guard isASCIIUppercase(start), let (text, end) = shortWord(start) else { return nil }
        if self[end] == 0x2E, PTBAbbreviations.sentenceOpeners.contains(text + ".") { return end + 1 }
        return PTBAbbreviations.sentenceOpeners.contains(text) ? end : nil
    }

    /// `fig. 3`, `no.5`.
    func abbreviationBeforeNumber(_ start: Int) -> PTBExtent? {
        guard let (text, end) = shortWord(start), self[end] == 0x2E, PTBAbbreviations.numeric.contains(text) else {
            return nil
        }
        return [spaceOrBreak(end + 1), end + 1].compactMap { $0 }.filter { self.is(.digit, $0) }.max()
            .map { PTBExtent(end + 1, context: $0 + 1) }
    }

    /// `Pty. Ltd.`: no sentence ends between.
    func companyForm(_ start: Int) -> PTBExtent? {
        guard let end = longest(of: ["pte.", "pty.", "co."], start), isSpace(end) else { return nil }
        return longest(of: ["ltd", "lim"], end + 1).map { PTBExtent(end, context: $0) }
    }

    /// An abbreviation whose stop ends the sentence too: white space and a capital, a tag or more white space follow.
    func abbreviationBeforeSentence(_ start: Int) -> PTBExtent? {
        guard let end = innerAbbreviation(start), let space = spaceOrBreak(end) else { return nil }
        let contexts = [space, end + 1].flatMap { next in
            [self.is(.uppercase, next) ? next + 1 : nil, spaceOrBreak(next), tag(next)].compactMap { $0 }
        }
        return contexts.max().map { PTBExtent(end, context: $0) }
    }

    func abbreviationInside(_ start: Int) -> PTBExtent? {
        guard let end = innerAbbreviation(start), end + 2 <= units.count else { return nil }
        return PTBExtent(end, context: end + 2)
    }

    /// `'90` before white space.
    func decade(_ start: Int) -> PTBExtent? {
        guard let digits = apostrophe(start), let end = run(digits, 2, 2, where: isASCIIDigit) else { return nil }
        return spaceOrBreak(end).map { PTBExtent(end, context: $0) }
    }
}
