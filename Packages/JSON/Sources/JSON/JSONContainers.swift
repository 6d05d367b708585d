/// The elements of a JSON array. The first pass over a long one costs a step per element, access by index none.
public struct JSONArray: RandomAccessCollection, Sendable {
    private let document: JSONDocument
    private let places: [UInt32]

    init(document: JSONDocument, array: Int) {
        self.document = document
        places = document.places(in: array) { document.index(after: $0) }
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// Number of elements.
    public var endIndex: Int { places.count }

    /// The element at a position in `0..<count`.
    public subscript(position: Int) -> JSONValue { JSONValue(document: document, index: Int(places[position])) }
}

/// The members of a JSON object, in the order of the file.
public struct JSONObject: RandomAccessCollection, Sendable {
    private let document: JSONDocument
    private let places: [UInt32]

    /// A key and its value.
    public struct Member: Sendable {
        fileprivate let name: JSONValue

        /// The key.
        public var key: String { String(decoding: name.text, as: UTF8.self) }
        /// The key's bytes in UTF-8, exactly as written.
        public var keyUTF8: [UInt8] { Array(name.text) }
        /// The value.
        public var value: JSONValue { JSONValue(document: name.document, index: name.index + 1) }
    }

    init(document: JSONDocument, object: Int) {
        self.document = document
        places = document.places(in: object) { document.index(after: $0 + 1) }
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// Number of members.
    public var endIndex: Int { places.count }

    /// The member at a position in `0..<count`.
    public subscript(position: Int) -> Member {
        Member(name: JSONValue(document: document, index: Int(places[position])))
    }
}

extension JSONDocument {
    /// Tape index of the value after the one at `index`.
    func index(after index: Int) -> Int {
        switch UInt8(words[index] >> 56) {
        case UInt8(ascii: "{"), UInt8(ascii: "["): Int(words[index] & 0xFFFF_FFFF)
        case UInt8(ascii: "l"), UInt8(ascii: "u"), UInt8(ascii: "d"): index + 2
        default: index + 1
        }
    }

    /// Tape indices of what stands in a container, stepping by `next`. Indices fit because a text has under 4 GiB.
    fileprivate func places(in container: Int, next: (Int) -> Int) -> [UInt32] {
        var places: [UInt32] = []
        let counted = Int(words[container] >> 32 & 0xFF_FFFF)
        places.reserveCapacity(counted)
        let end = index(after: container) - 1
        var place = container + 1
        while place < end {
            places.append(UInt32(place))
            place = next(place)
        }
        return places
    }
}
