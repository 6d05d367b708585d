import Testing

/// Counts what a test compared, shows the first differences, and says at the end how many there were.
public struct Comparison {
    private let name: String
    private var compared = 0
    private var different = 0
    private var tied = 0

    /// Nothing is compared yet; `name` stands in front of what is said.
    public init(_ name: String) { self.name = name }

    /// Expects equality, or a tie, of which some may be allowed at the end.
    public mutating func check(
        _ isEqual: Bool, orTie isTied: @autoclosure () -> Bool = false, _ difference: @autoclosure () -> String
    ) {
        compared += 1
        if isEqual { return }
        if isTied() {
            tied += 1
            return
        }
        different += 1
        if different <= 8 { Issue.record("\(name): \(difference())") }
    }

    /// Expects numbers that agree to `tolerance`, absolute.
    public mutating func check(
        _ value: Double, _ wanted: Double, within tolerance: Double, _ place: @autoclosure () -> String
    ) {
        check(abs(value - wanted) <= tolerance, "\(place()) is \(value), wanted \(wanted)")
    }

    /// Fails if nothing was compared or anything differed, and prints how much it was.
    ///
    /// - Parameters:
    ///   - unit: what was compared, in the plural
    ///   - tieShare: the share of it that may be ties
    public func close(_ unit: String, tieShare: Double = 0) {
        print("\(name): \(compared) \(unit) compared, \(different) differ\(tied > 0 ? ", \(tied) ties" : "")")
        #expect(compared > 0, "\(name): nothing was compared")
        #expect(different == 0, "\(name): \(different) of \(compared) \(unit) differ")
        #expect(Double(tied) <= tieShare * Double(compared), "\(name): \(tied) ties of \(compared) \(unit)")
    }
}
