/// Text as Python's strings treat it, where Swift's differ.
extension String {
    /// `str.lower()`: a sigma at the end of a word becomes the final one, which `lowercased()` does not know.
    var lowercasedAsInPython: String {
        guard unicodeScalars.contains("Σ") else { return lowercased() }
        let scalars = Array(unicodeScalars)
        var result = String.UnicodeScalarView()
        for (place, scalar) in scalars.enumerated() {
            if scalar == "Σ" {
                result.append(scalars.endsWord(at: place) ? "ς" : "σ")
            } else {
                result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return String(result)
    }

    /// `==`, byte for byte; Swift's holds between canonically equal texts too.
    func equalsAsInPython(_ other: String) -> Bool { self == other && utf8.elementsEqual(other.utf8) }

    /// `str.strip()`.
    var strippedAsInPython: String {
        guard let first = unicodeScalars.firstIndex(where: { !$0.isPythonWhiteSpace }),
            let last = unicodeScalars.lastIndex(where: { !$0.isPythonWhiteSpace })
        else { return "" }
        return String(unicodeScalars[first...last])
    }
}

extension Unicode.Scalar {
    /// `str.isspace()`, which counts the four separators of ASCII in.
    var isPythonWhiteSpace: Bool {
        switch value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
            true
        default: false
        }
    }
}

extension [Unicode.Scalar] {
    /// Whether a cased letter stands before this place and none after it; Unicode's condition Final_Sigma.
    fileprivate func endsWord(at place: Int) -> Bool {
        let before = self[..<place].last { !$0.properties.isCaseIgnorable }
        let after = self[(place + 1)...].first { !$0.properties.isCaseIgnorable }
        return before?.properties.isCased == true && after?.properties.isCased != true
    }
}
