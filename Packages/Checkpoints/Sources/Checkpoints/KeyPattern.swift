/// A tensor name with holes: `*` stands for one or more characters without a dot (a layer's number, `weight` or
/// `bias`), `**` for one or more characters of any kind.
struct KeyPattern: Sendable, Hashable {
    let text: String
    private let pieces: [Piece]

    private enum Piece: Sendable, Hashable {
        case literal([UInt8])
        case one, any
    }

    init(_ text: String) {
        self.text = text
        var pieces: [Piece] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.first {
            if first == UInt8(ascii: "*") {
                let isAny = rest.dropFirst().first == UInt8(ascii: "*")
                pieces.append(isAny ? .any : .one)
                rest = rest.dropFirst(isAny ? 2 : 1)
            } else {
                let literal = rest.prefix { $0 != UInt8(ascii: "*") }
                pieces.append(.literal(Array(literal)))
                rest = rest.dropFirst(literal.count)
            }
        }
        self.pieces = pieces
    }

    /// The kinds of hole, in order; two patterns fit each other if these agree.
    var holes: [Bool] {
        pieces.compactMap { piece in
            switch piece {
            case .literal: nil
            case .one: false
            case .any: true
            }
        }
    }

    /// What stands in the holes if the name fits the pattern; the first holes take as little as possible.
    func match(_ name: String) -> [String]? {
        var found: [String] = []
        return Self.match(pieces[...], Array(name.utf8)[...], &found) ? found : nil
    }

    private static func match(_ pieces: ArraySlice<Piece>, _ name: ArraySlice<UInt8>, _ found: inout [String]) -> Bool {
        guard let piece = pieces.first else { return name.isEmpty }
        let later = pieces.dropFirst()
        if case .literal(let text) = piece {
            return name.starts(with: text) && match(later, name.dropFirst(text.count), &found)
        }
        let longest = piece == .any ? name.count : name.prefix { $0 != UInt8(ascii: ".") }.count
        let mark = found.count
        for length in stride(from: 1, through: longest, by: 1) {
            found.append(String(decoding: name.prefix(length), as: UTF8.self))
            if match(later, name.dropFirst(length), &found) { return true }
            found.removeSubrange(mark...)
        }
        return false
    }

    /// The name with the holes filled.
    func filled(with values: [String]) -> String {
        var values = values[...]
        return pieces.map { piece in
            if case .literal(let text) = piece { return String(decoding: text, as: UTF8.self) }
            return values.popFirst() ?? ""
        }.joined()
    }
}
