/// Rows of unequal length, one after the other in one buffer.
struct RaggedArray<Element: Sendable>: Sendable {
    private(set) var elements: [Element] = []
    private var ends: [Int] = [0]

    /// The number of closed rows.
    var count: Int { ends.count - 1 }

    func range(_ row: Int) -> Range<Int> { ends[row]..<ends[row + 1] }

    subscript(row: Int) -> ArraySlice<Element> { elements[range(row)] }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func update(_ place: Int, _ body: (inout Element) -> Void) { body(&elements[place]) }

    /// Ends the row that was being appended to.
    mutating func closeRow() { ends.append(elements.count) }

    mutating func appendRow(_ row: some Sequence<Element>) {
        elements.append(contentsOf: row)
        closeRow()
    }
}
