extension JSONDocument {
    /// Path from the root to the value or key at a tape index, found by walking down; only errors need it.
    func path(to target: Int) -> String {
        var path = "$\(origin.path)"
        var container = 1
        while container < target, let step = step(from: container, towards: target) {
            path += step.text
            container = step.index
        }
        return path
    }

    /// The child of a container that holds `target`, or is it.
    private func step(from container: Int, towards target: Int) -> (text: String, index: Int)? {
        let isObject = UInt8(words[container] >> 56) == UInt8(ascii: "{")
        let end = index(after: container) - 1
        var place = container + 1
        var number = container == 1 ? origin.first : 0
        while place < end {
            let value = isObject ? place + 1 : place
            let next = index(after: value)
            if target < next {
                let key = JSONValue(document: self, index: place)
                let text = isObject ? Self.step(key: String(decoding: key.text, as: UTF8.self)) : "[\(number)]"
                return (text, value)
            }
            place = next
            number += 1
        }
        return nil
    }

    static func step(key: String) -> String {
        let isPlain = !key.isEmpty && key.utf8.allSatisfy { $0 == UInt8(ascii: "_") || isAlphanumeric($0) }
        return isPlain ? ".\(key)" : "[\(JSONWriter().text(.string(key)))]"
    }
}
