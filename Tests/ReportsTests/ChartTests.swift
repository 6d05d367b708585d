import Reports
import Testing

@Suite("Charts and sortable tables")
struct ChartTests {
    @Test("a histogram counts every value, those beyond its range at its ends")
    func histogram() {
        let values = [0.0, 0.1, 0.9, 1.0, 7, -3, .nan]
        let histogram = Histogram(title: "CIDEr < 1", axis: "score", values, range: 0...1, binCount: 2)
        #expect(histogram.counts == [3, 3])
        let page = HTMLPage(title: "", body: [histogram.html])
        #expect(page.text.contains("<title>0 to 0.5: 3</title>"))
        #expect(page.text.contains("<title>0.5 to 1: 3</title>"))
        #expect(page.text.contains("aria-label=\"CIDEr &lt; 1\"") && page.text.contains(">score</text>"))
        // Left, bottom and top of the plot: 58, 206 and 10; three of four high.
        #expect(page.text.contains("<rect x=\"58.0\" y=\"59.0\""))
    }

    @Test("numbers are sorted by their value, texts by themselves")
    func sortableTable() {
        let table = SortableTable(header: ["caption", "CIDEr"], rows: [[.init("a <b>"), .init(1.25, digits: 1)]])
        let page = HTMLPage(title: "", body: [table.html], isSortable: true).text
        #expect(page.contains("<td class=\"text\">a &lt;b&gt;</td><td data-value=\"1.25\">1.2</td>"))
        #expect(page.contains("<script>"))
        #expect(!HTMLPage(title: "", body: [table.html]).text.contains("<script>"))
    }
}
