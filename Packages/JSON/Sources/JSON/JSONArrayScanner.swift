/// Finds one array of a text, and where some of its elements end, without parsing them.
struct JSONArrayScanner {
    /// The path of the array.
    let path: String
    /// Whether the array is a member of the outermost object and not the outermost value.
    let isMember: Bool
    /// The place of the opening bracket.
    let start: Int
    /// The place of the closing bracket, once it is found; before, that of the comma which the next piece begins with.
    private(set) var end: Int
    private var isComplete = false

    /// Nil if the outermost value is neither an array nor an object with an array of that key.
    init?(of key: String, in bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        Self.skipSpace(bytes, &index)
        guard index < bytes.count else { return nil }
        isMember = bytes[index] == UInt8(ascii: "{")
        if isMember {
            guard Self.findMember(key, bytes, &index) else { return nil }
        }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "[") else { return nil }
        path = isMember ? JSONDocument.step(key: key) : ""
        (start, end) = (index, index)
    }

    /// The next stretch of `byteCount` bytes or some more, from the opening bracket or a comma to a comma or the closing
    /// bracket; nil after the last, or if the text ends before.
    mutating func next(in bytes: UnsafeBufferPointer<UInt8>, byteCount: Int) -> Range<Int>? {
        if isComplete { return nil }
        let first = end
        var index = first + 1
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): Self.skipString(bytes, &index)
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]") where depth == 0:
                isComplete = true
                end = index
                return first..<index + 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ",") where depth == 0 && index - first >= byteCount:
                end = index
                return first..<index + 1
            default: break
            }
            index += 1
        }
        // The text ends inside the array: the rest is all that follows the opening bracket, which has no end either.
        isComplete = true
        end = start + 1
        return nil
    }

    /// Moves from the brace of an object to the value of a member.
    private static func findMember(
        _ key: String, _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int
    ) -> Bool {
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let begin = index + 1
                skipString(bytes, &index)
                guard index < bytes.count, depth == 1, bytes[begin..<index].elementsEqual(key.utf8) else { break }
                var place = index + 1
                skipSpace(bytes, &place)
                guard place < bytes.count, bytes[place] == UInt8(ascii: ":") else { break }
                place += 1
                skipSpace(bytes, &place)
                index = place
                return true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            index += 1
        }
        return false
    }

    /// Moves from the opening quote of a string to its closing one.
    private static func skipString(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
    }

    private static func skipSpace(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        while index < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[index]) { index += 1 }
    }
}
