/// A page that needs nothing beside itself: style, pictures and all in one file.
public struct HTMLPage: Sendable {
    /// What the browser's tab says.
    public var title: String
    /// The contents from top to bottom.
    public var body: [HTML]
    /// Whether its sortable tables can be sorted, by a script in the page.
    public var isSortable: Bool

    /// A page of these contents.
    public init(title: String, body: [HTML], isSortable: Bool = false) {
        self.title = title
        self.body = body
        self.isSortable = isSortable
    }

    /// The page's text, UTF-8 when written to a file.
    public var text: String {
        let head = [HTML.element("title", [:], [.text(title)])].map(\.source).joined()
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            \(head)
            <style>\(Self.style)</style></head>
            <body>
            \(body.map(\.source).joined(separator: "\n"))
            \(isSortable ? "<script>\(SortableTable.script)</script>" : "")
            </body></html>

            """
    }

    private static let style = """
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; background: #fff; }
        table { border-collapse: collapse; margin: 1rem 0; }
        th, td { padding: .3rem .8rem; border-bottom: 1px solid #ccc; text-align: right; font-variant-numeric: tabular-nums; }
        th:first-child { text-align: left; }
        figure { display: inline-block; overflow-wrap: anywhere; margin: 0 1.5rem 1rem 0; max-width: 17rem; vertical-align: top; }
        img { image-rendering: pixelated; border: 1px solid #ccc; }
        .plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); gap: 1rem; }
        .plot { display: block; max-width: none; margin: 0; padding: .6rem; border: 1px solid #8884; border-radius: .4rem; }
        .plot figcaption { font-weight: 600; margin-bottom: .3rem; }
        .plot svg { width: 100%; display: block; font: 12px system-ui, sans-serif; }
        .legend { position: sticky; top: 0; padding: .4rem 0; background: inherit; }
        .legend span { margin-right: 1.2rem; white-space: nowrap; font-weight: 600; }
        .wide { overflow-x: auto; }
        pre { background: #f4f4f4; padding: .8rem; overflow-x: auto; }
        td.text { text-align: left; min-width: 18rem; }
        table.sortable { width: 100%; font-size: .9rem; } table.sortable td { vertical-align: top; }
        table.sortable th, table.sortable td { padding: .3rem .5rem; } table.sortable td:first-child { text-align: left; }
        table.sortable th { cursor: pointer; text-align: left; white-space: nowrap; }
        th[aria-sort=ascending]::after { content: " \\25B2"; } th[aria-sort=descending]::after { content: " \\25BC"; }
        table.sortable img { image-rendering: auto; display: block; height: auto; }
        td ul { margin: 0; padding-left: 1.1rem; }
        @media (prefers-color-scheme: dark) {
          body { background: #16181b; color: #e6e6e6; } pre { background: #24272b; }
          th, td { border-color: #444; }
        }
        """
}
