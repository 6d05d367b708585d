/// The kinds of token, in the order in which they win when several match equally many characters.
///
/// The scanner takes the rule that reads furthest, what it only looks at behind the token included: "etc. x" is an
/// abbreviation because that rule reads two characters beyond the full stop.
enum PTBRule: CaseIterable {
    case programmingLanguage, contractionOfThree, contractionOfTwo, tag, dash, ampersand, entity
    case wordBeforeClitic, verbBeforeNot, word, apostropheWord, wordY
    case address, hostName, mailAddress, handle
    case cliticBeforeNonLetter, notBeforeNonLetter, not
    case date, number, superscript, fraction, fractionSign
    case fixedWord, slashedWord, dollar, currencySign
    case acronymBeforeSentence, abbreviationBeforeNumber, companyForm
    case abbreviationBeforeSentence, abbreviationInside, abbreviationAtEnd, title
    case titleWithoutStop, acronymWithoutStop, decade
    case fileName, wordBeforeStop, phoneNumber
    case openingDoubleQuote, doubleQuote, delete
    case lessThan, greaterThan, smiley, asianSmiley
    case leftBrace, rightBrace, leftBracket, rightBracket, leftParenthesis, rightParenthesis
    case hyphens, ellipsis, marks, asterisks, innerPunctuation, questions, period, equals, slash
    case hyphenatedBeforeStop, hyphenated, compoundBeforeStop, compound, joinedCapitalsBeforeStop, joinedCapitals
    case openingQuote, clitic, quote, doubleBracket, symbol, blank, lineBreak, blankEntity, other
}

/// How far a rule reads.
struct PTBExtent {
    /// The end of the token.
    var token: Int
    /// The end of the token and of what had to follow it.
    var context: Int

    init(_ token: Int, context: Int? = nil) {
        self.token = token
        self.context = context ?? token
    }
}
