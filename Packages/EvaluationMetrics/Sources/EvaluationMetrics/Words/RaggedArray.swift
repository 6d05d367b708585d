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

extension RaggedArray {
    /// The rows in memory. Threads that read the same slices count references to them, and wait for each other over the
    /// count; they do not over these.
    struct Rows {
        fileprivate let elements: UnsafeBufferPointer<Element>
        fileprivate let ends: UnsafeBufferPointer<Int>

        subscript(row: Int) -> UnsafeBufferPointer<Element> {
            UnsafeBufferPointer(rebasing: elements[ends[row]..<ends[row + 1]])
        }
    }

    /// Hands out the rows for the time of a call.
    func withRows<Result>(_ body: (Rows) throws -> Result) rethrows -> Result {
        try elements.withUnsafeBufferPointer { elements in
            try ends.withUnsafeBufferPointer { try body(Rows(elements: elements, ends: $0)) }
        }
    }
}
