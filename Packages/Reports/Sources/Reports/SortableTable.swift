/// A table whose rows a click on a column's head sorts, in the page itself.
public struct SortableTable: Sendable {
    /// What stands in one cell.
    public struct Cell: Sendable {
        /// What is shown.
        public var contents: [HTML]
        /// What the column is sorted by; the text that is shown if nil.
        public var number: Double?

        /// A cell of any contents.
        public init(_ contents: [HTML], number: Double? = nil) {
            self.contents = contents
            self.number = number
        }

        /// A cell of text.
        public init(_ text: String) { self.init([.text(text)]) }

        /// A number with some digits after the point.
        public init(_ number: Double, digits: Int) {
            self.init([.text(HTML.fixed(number, digits: digits))], number: number)
        }
    }

    /// The heads of the columns.
    public var header: [String]
    /// The rows, in the order in which they are shown at first.
    public var rows: [[Cell]]

    /// A table of these rows.
    public init(header: [String], rows: [[Cell]] = []) {
        self.header = header
        self.rows = rows
    }

    /// The table as a piece of a page.
    public var html: HTML {
        let head = HTML.element(
            "tr", [:], header.map { .element("th", ["tabindex": "0", "role": "button"], [.text($0)]) })
        let body = rows.map { row in HTML.element("tr", [:], row.map(SortableTable.cell)) }
        return .element(
            "table", ["class": "sortable"],
            [.element("thead", [:], [head]), .element("tbody", [:], body)])
    }

    private static func cell(_ cell: Cell) -> HTML {
        guard let number = cell.number else { return .element("td", ["class": "text"], cell.contents) }
        return .element("td", ["data-value": "\(number)"], cell.contents)
    }

    /// Sorts a table when the head of a column is chosen: largest numbers first, then the other way round.
    static let script = """
        document.querySelectorAll("table.sortable th").forEach((head) => {
          const sort = () => {
            const table = head.closest("table"), body = table.tBodies[0], column = head.cellIndex;
            const key = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
            const rows = [...body.rows], numeric = rows.every((row) => row.cells[column].dataset.value !== undefined);
            const rising = head.getAttribute("aria-sort") === (numeric ? "descending" : "none");
            table.querySelectorAll("th").forEach((other) => other.setAttribute("aria-sort", "none"));
            head.setAttribute("aria-sort", rising ? "ascending" : "descending");
            rows.sort((a, b) => numeric ? key(a) - key(b) : key(a).localeCompare(key(b)));
            if (!rising) rows.reverse();
            body.append(...rows);
          };
          head.setAttribute("aria-sort", "none");
          head.addEventListener("click", sort);
          head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
        });
        """
}
