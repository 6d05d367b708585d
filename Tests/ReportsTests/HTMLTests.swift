import Reports
import Testing

@Suite("HTML pages")
struct HTMLTests {
    @Test("text and attributes are escaped")
    func escaping() {
        let page = HTMLPage(title: "a < b & \"c\"", body: [.paragraph("<script>'x'</script>")])
        #expect(page.text.contains("<title>a &lt; b &amp; &quot;c&quot;</title>"))
        #expect(page.text.contains("<p>&lt;script&gt;&#39;x&#39;&lt;/script&gt;</p>"))
        let link = HTMLPage(title: "", body: [.element("a", ["href": "\"><b>"], [.text("x")])])
        #expect(link.text.contains("<a href=\"&quot;&gt;&lt;b&gt;\">x</a>"))
    }

    @Test("a table's first cells are headings")
    func table() {
        let page = HTMLPage(title: "", body: [.table(header: ["", "CIDEr"], rows: [["arm", "1.5"]])])
        #expect(page.text.contains("<thead><tr><th></th><th>CIDEr</th></tr></thead>"))
        #expect(page.text.contains("<tbody><tr><th>arm</th><td>1.5</td></tr></tbody>"))
    }

    @Test("a picture lies in the page")
    func picture() {
        let page = HTMLPage(title: "", body: [.image([1, 2, 3], type: "image/png", description: "dots", width: 64)])
        #expect(page.text.contains("<img alt=\"dots\" width=\"64\" src=\"data:image/png;base64,AQID\">"))
    }
}
