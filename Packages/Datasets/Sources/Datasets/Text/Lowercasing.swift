extension String {
    /// Lower case as Python's `str.lower()` has it: scalar by scalar, and a sigma at the end of a word becomes the
    /// final one, which `lowercased()` does not know.
    var lowercasedScalars: [Unicode.Scalar] {
        let scalars = Array(unicodeScalars)
        return scalars.indices.flatMap { place -> [Unicode.Scalar] in
            if scalars[place] == "Σ" { return [scalars.endsWord(at: place) ? "ς" : "σ"] }
            return Array(scalars[place].properties.lowercaseMapping.unicodeScalars)
        }
    }
}

extension Array where Element == Unicode.Scalar {
    /// Whether a letter stands before this place and none after it; Unicode's condition Final_Sigma.
    fileprivate func endsWord(at place: Int) -> Bool {
        let before = self[..<place].last { !$0.properties.isCaseIgnorable }
        let after = self[(place + 1)...].first { !$0.properties.isCaseIgnorable }
        return before?.properties.isCased == true && after?.properties.isCased != true
    }
}
