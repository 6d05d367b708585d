/// What the Penn Treebank scanner knows about one UTF-16 code unit.
///
/// The scanner tells apart exactly what Stanford's tokenizer 3.4.1 tells apart. That program was generated with the
/// character tables of Unicode 6.3, so letters that were assigned later are no letters here.
struct PTBCharacter: OptionSet {
    let rawValue: UInt8

    static let letter = PTBCharacter(rawValue: 1 << 0)
    /// A mark or symbol that may stand in a word without being a letter (accents, vowel signs, the soft hyphen).
    static let mark = PTBCharacter(rawValue: 1 << 1)
    static let digit = PTBCharacter(rawValue: 1 << 2)
    static let uppercase = PTBCharacter(rawValue: 1 << 3)
    static let space = PTBCharacter(rawValue: 1 << 4)
    static let lineBreak = PTBCharacter(rawValue: 1 << 5)
    /// A symbol that is a token of its own.
    static let symbol = PTBCharacter(rawValue: 1 << 6)
    /// A mark that ends a sentence or opens one, other than `?` and `!`.
    static let period = PTBCharacter(rawValue: 1 << 7)

    static let wordPart: PTBCharacter = [.letter, .mark]
    static let letterOrDigit: PTBCharacter = [.letter, .digit]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The classes of `unit`; a surrogate half has none.
    init(_ unit: UInt16) {
        self = unit < 128 ? PTBCharacter.ascii[Int(unit)] : PTBCharacter.beyondASCII(unit)
    }

    private static let ascii: [PTBCharacter] = (0..<128).map { code in
        switch UInt8(code) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): .letter
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): [.letter, .uppercase]
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
        case UInt8(ascii: " "), UInt8(ascii: "\t"): .space
        case 0x0A...0x0D: .lineBreak
        case UInt8(ascii: "."): .period
        case UInt8(ascii: "+"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "~"), UInt8(ascii: "^"),
            UInt8(ascii: "|"), UInt8(ascii: "\\"):
            .symbol
        default: []
        }
    }

    private static func beyondASCII(_ unit: UInt16) -> PTBCharacter {
        guard let scalar = Unicode.Scalar(unit) else { return [] }
        var classes: PTBCharacter = []
        if isLetter(scalar) { classes.insert(.letter) }
        if contains(marks, unit) { classes.insert(.mark) }
        if isDigit(scalar) { classes.insert(.digit) }
        if isUppercase(scalar) { classes.insert(.uppercase) }
        if contains(symbols, unit) { classes.insert(.symbol) }
        switch unit {
        case 0xA0, 0x2000...0x200A, 0x3000: classes.insert(.space)
        case 0x85, 0x2028, 0x2029: classes.insert(.lineBreak)
        case 0xA1, 0xBF, 0x37E, 0x589, 0x61F, 0x6D4, 0x700...0x702, 0x7FA, 0x3002: classes.insert(.period)
        default: break
        }
        return classes
    }
}

extension PTBCharacter {
    /// Whether Unicode 6.3 had assigned the scalar.
    private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
        guard let age = scalar.properties.age else { return false }
        return (age.major, age.minor) <= (6, 3)
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Quirk: Unicode 8 and 12 made letters of New Tai Lue and Vedic signs, Unicode 9 took two Mongolian ones away.
        case 0x19B0...0x19C0, 0x19C8...0x19C9, 0x1CF2...0x1CF3: return false
        case 0x1885...0x1886: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            return isKnown(scalar)
        default: return false
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .decimalNumber && isKnown(scalar)
    }

    private static func isUppercase(_ scalar: Unicode.Scalar) -> Bool {
        // Quirk: Cherokee had one case only until Unicode 8.
        scalar.properties.isUppercase && isKnown(scalar) && !(0x13A0...0x13F5).contains(scalar.value)
    }

    private static func contains(_ ranges: [ClosedRange<UInt16>], _ unit: UInt16) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < unit { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(unit)
    }

    /// In ascending order.
    private static let marks: [ClosedRange<UInt16>] = [
        0xAD...0xAD, 0x2C2...0x2C5, 0x2D2...0x2DF, 0x2E5...0x2EB, 0x2ED...0x2ED, 0x2EF...0x36F, 0x375...0x375,
        0x378...0x379, 0x384...0x385, 0x3F6...0x3F6, 0x483...0x487, 0x55A...0x55F, 0x591...0x5BD, 0x5BF...0x5BF,
        0x5C1...0x5C2, 0x5C4...0x5C5, 0x5C7...0x5C7, 0x615...0x61A, 0x64B...0x65E, 0x670...0x670, 0x6D6...0x6E4,
        0x6E7...0x6ED, 0x6FD...0x6FE, 0x70F...0x70F, 0x711...0x711, 0x730...0x74C, 0x7A6...0x7B0, 0x7EB...0x7F3,
        0x900...0x903, 0x93C...0x93C, 0x93E...0x94E, 0x951...0x955, 0x962...0x963, 0x981...0x983, 0x9BC...0x9BC,
        0x9BE...0x9C4, 0x9C7...0x9C8, 0x9CB...0x9CD, 0x9D7...0x9D7, 0x9E2...0x9E3, 0xA01...0xA03, 0xA3C...0xA3C,
        0xA3E...0xA4F, 0xA81...0xA83, 0xABC...0xABC, 0xABE...0xACF, 0xB82...0xB82, 0xBBE...0xBC2, 0xBC6...0xBC8,
        0xBCA...0xBCD, 0xC01...0xC03, 0xC3E...0xC56, 0xD3E...0xD44, 0xD46...0xD48, 0xE31...0xE31, 0xE34...0xE3A,
        0xE47...0xE4E, 0xEB1...0xEB1, 0xEB4...0xEBC, 0xEC8...0xECD,
    ]

    /// In ascending order, beyond ASCII.
    private static let symbols: [ClosedRange<UInt16>] = [
        0xA6...0xA9, 0xAC...0xAC, 0xAE...0xBA, 0xD7...0xD7, 0xF7...0xF7, 0x387...0x387, 0x5BE...0x5BE, 0x5C0...0x5C0,
        0x5C3...0x5C3, 0x5C6...0x5C6, 0x5F3...0x5F4, 0x600...0x603, 0x606...0x60A, 0x60C...0x60C, 0x614...0x614,
        0x61B...0x61B, 0x61E...0x61E, 0x66A...0x66A, 0x66D...0x66D, 0x703...0x70D, 0x7F6...0x7F8, 0x964...0x965,
        0xE4F...0xE4F, 0x1FBD...0x1FBD, 0x2016...0x2017, 0x2020...0x2023, 0x2030...0x2038, 0x203B...0x203B,
        0x203E...0x2042, 0x2044...0x2044, 0x207A...0x207F, 0x208A...0x208E, 0x2100...0x214F, 0x2190...0x2BFF,
        0x3012...0x3012, 0x30FB...0x30FB, 0xFF01...0xFF0F, 0xFF1A...0xFF20, 0xFF3B...0xFF40, 0xFF5B...0xFF65,
    ]
}
