/// One token of the Penn Treebank scanner.
struct PTBToken {
    /// What the token reads, before it is rewritten.
    var range: Range<Int>
    var rule: PTBRule
    /// Where the next token begins.
    var next: Int
    /// Whether the token is a word of ASCII letters, which needs no rewriting but lower case.
    var isPlain = false
}

extension PTBText {
    /// The token or the blank at `start`, by the rule that reads furthest.
    func token(at start: Int) -> PTBToken {
        if let token = commonToken(at: start) { return token }
        return longestToken(at: start)
    }

    private func longestToken(at start: Int) -> PTBToken {
        var best = PTBExtent(start)
        var winner = PTBRule.other
        for rule in PTBRule.allCases {
            guard let extent = extent(of: rule, start), extent.context > best.context else { continue }
            best = extent
            winner = rule
        }
        if winner == .other { best = PTBExtent(start + 1) }
        return PTBToken(
            range: start..<textEnd(winner, start, best.token), rule: winner, next: next(winner, start, best))
    }

    private func textEnd(_ rule: PTBRule, _ start: Int, _ end: Int) -> Int {
        switch rule {
        case .contractionOfThree: end - 3
        case .contractionOfTwo: end - 2
        case .acronymBeforeSentence where end == start + 2: end - 1
        default: end
        }
    }

    /// Quirk: a full stop that ends both an abbreviation and its sentence is given twice.
    private func next(_ rule: PTBRule, _ start: Int, _ extent: PTBExtent) -> Int {
        switch rule {
        case .acronymBeforeSentence, .abbreviationBeforeSentence, .abbreviationAtEnd: extent.token - 1
        default: textEnd(rule, start, extent.token)
        }
    }

    private func extent(of rule: PTBRule, _ start: Int) -> PTBExtent? {
        contextExtent(of: rule, start) ?? (wordEnd(of: rule, start) ?? signEnd(of: rule, start)).map { PTBExtent($0) }
    }

    /// The rules that look at what follows the token.
    private func contextExtent(of rule: PTBRule, _ start: Int) -> PTBExtent? {
        switch rule {
        case .wordBeforeClitic:
            word(start).flatMap { end in clitic(end).map { PTBExtent(end, context: $0) } }
        case .verbBeforeNot: verbBeforeNot(start)
        case .wordY: wordY(start)
        case .cliticBeforeNonLetter: clitic(start).flatMap(beforeNonLetter)
        case .notBeforeNonLetter: not(start).flatMap(beforeNonLetter)
        case .acronymBeforeSentence: acronymBeforeSentence(start)
        case .abbreviationBeforeNumber: abbreviationBeforeNumber(start)
        case .companyForm: companyForm(start)
        case .abbreviationBeforeSentence: abbreviationBeforeSentence(start)
        case .abbreviationInside: abbreviationInside(start)
        case .titleWithoutStop: titleWithoutStop(start)
        case .acronymWithoutStop: acronymWithoutStop(start)
        case .decade: decade(start)
        case .fileName: fileName(start)
        case .wordBeforeStop: withStop(word(start))
        case .openingDoubleQuote:
            doubleQuote(start).flatMap {
                isASCIILetterOrDigit($0) || self[$0] == 0x24 ? PTBExtent($0, context: $0 + 1) : nil
            }
        case .smiley: smiley(start)
        case .hyphenatedBeforeStop: hyphenatedEnds(start).compactMap(withStop).max { $0.context < $1.context }
        case .compoundBeforeStop: withStop(compound(start))
        case .joinedCapitalsBeforeStop: withStop(joinedCapitals(start))
        case .openingQuote: openingQuote(start)
        default: nil
        }
    }

    private func beforeNonLetter(_ end: Int) -> PTBExtent? {
        end < units.count && !isASCIILetter(end) ? PTBExtent(end, context: end + 1) : nil
    }

    private func wordEnd(of rule: PTBRule, _ start: Int) -> Int? {
        switch rule {
        case .programmingLanguage: longest(of: ["c++", "c#", "f#"], start)
        case .contractionOfThree: longest(of: ["cannot", "'twas"], start)
        case .contractionOfTwo: longest(of: ["'tis", "gonna", "gotta", "lemme", "gimme", "wanna"], start)
        case .tag: tag(start)
        case .ampersand: literal("&amp;", start)
        case .entity: entity(start)
        case .word: word(start)
        case .apostropheWord: apostropheWord(start)
        case .address: address(start)
        case .hostName: hostName(start)
        case .mailAddress: mailAddress(start)
        case .handle: handle(start)
        case .not: not(start)
        case .date: date(start)
        case .number: number(start)
        case .superscript: superscript(start)
        case .fraction: fraction(start)
        case .fixedWord: fixedWord(start)
        case .slashedWord: slashedWord(start)
        case .abbreviationAtEnd: innerAbbreviation(start)
        case .title: title(start)
        case .phoneNumber: phoneNumber(start)
        case .hyphenated: hyphenatedEnds(start).max()
        case .compound: compound(start)
        case .joinedCapitals: joinedCapitals(start)
        case .clitic: clitic(start)
        default: nil
        }
    }

    private func signEnd(of rule: PTBRule, _ start: Int) -> Int? {
        switch rule {
        case .dash: dash(start)
        case .fractionSign: isFractionSign(start) ? start + 1 : nil
        case .dollar: dollar(start)
        case .currencySign: isCurrencySign(start) ? start + 1 : nil
        case .doubleQuote: doubleQuote(start)
        case .delete: self[start] == 0x7F ? start + 1 : nil
        case .lessThan: lessThan(start)
        case .greaterThan: greaterThan(start)
        case .asianSmiley: asianSmiley(start)
        case .leftBrace: literal("{", start)
        case .rightBrace: literal("}", start)
        case .leftBracket: literal("[", start)
        case .rightBracket: literal("]", start)
        case .leftParenthesis: literal("(", start)
        case .rightParenthesis: literal(")", start)
        case .hyphens: run(start, 1) { self[$0] == 0x2D }
        case .ellipsis: ellipsis(start)
        case .marks: marks(start)
        case .asterisks: asterisks(start)
        case .innerPunctuation: isInnerPunctuation(start) ? start + 1 : nil
        case .questions: run(start, 1) { isOne(of: "?!", $0) }
        case .period: self.is(.period, start) ? start + 1 : nil
        case .equals: literal("=", start)
        case .slash: literal("/", start)
        case .quote: quote(start)
        case .doubleBracket: longest(of: ["<<", ">>"], start)
        case .symbol: self.is(.symbol, start) ? start + 1 : nil
        case .blank: blank(start)
        case .lineBreak: self.is(.lineBreak, start) ? spaceOrBreak(start) : nil
        case .blankEntity: literal("&nbsp;", start)
        default: nil
        }
    }
}
