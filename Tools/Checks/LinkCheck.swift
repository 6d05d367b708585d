import Foundation

/// Every document's links, and the paths and make targets it names in code, lead somewhere.
struct LinkCheck {
    let repository: Repository

    func findings() throws -> [Finding] {
        let makefile = repository.exists("Makefile") ? try repository.lines(of: "Makefile") : []
        let targets = Set(makefile.compactMap { $0.firstMatch(of: /^([a-z0-9-]+):/).map { String($0.1) } })
        return try repository.files(under: [""], endingIn: ["md"]).flatMap { document in
            try findings(in: Document(repository.lines(of: document), path: document), targets: targets)
        }
    }

    private func findings(in document: Document, targets: Set<String>) throws -> [Finding] {
        try document.prose.flatMap { number, line -> [Finding] in
            var problems = try document.links(in: line).compactMap { try problem(with: $0, in: document) }
            for name in line.matches(of: /`((?:Packages|Apps|Tests|Tools|docs)\/[\w.\/+-]+)`/).map(\.1)
            where !repository.exists(String(name)) {
                problems.append("there is no \(name)")
            }
            for name in line.matches(of: /`make ([a-z0-9-]+)[^`]*`/).map(\.1) where !targets.contains(String(name)) {
                problems.append("the Makefile has no target \(name)")
            }
            return problems.map { Finding(document.path, line: number, $0) }
        }
    }

    private func problem(with link: String, in document: Document) throws -> String? {
        if link.contains(/^[a-z]+:/) { return nil }
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let folder = document.path.split(separator: "/").dropLast().joined(separator: "/")
        let base = parts[0].isEmpty ? document.path : folder + "/" + parts[0]
        let path = URL(fileURLWithPath: "/" + base).standardizedFileURL.path.dropFirst()
        guard repository.exists(String(path)) else { return "the link \(link) leads nowhere" }
        guard parts.count == 2, path.hasSuffix(".md") else { return nil }
        let target = try Document(repository.lines(of: String(path)), path: String(path))
        return target.anchors.contains(parts[1]) ? nil : "\(path) has no heading for #\(parts[1])"
    }
}

/// A Markdown file, taken apart.
struct Document {
    let path: String
    /// Numbered lines outside fenced blocks.
    let prose: [(number: Int, line: Substring)]
    /// The Swift blocks, with the line each begins at.
    let examples: [(number: Int, code: String)]

    init(_ lines: [Substring], path: String) {
        self.path = path
        var prose: [(Int, Substring)] = []
        var examples: [(Int, String)] = []
        var fence: (language: Substring, start: Int)?
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                if let open = fence, open.language == "swift" {
                    examples.append((open.start, lines[open.start..<index].joined(separator: "\n")))
                }
                fence = fence == nil ? (line.dropFirst(3), index + 1) : nil
            } else if fence == nil {
                prose.append((index + 1, line))
            }
        }
        self.prose = prose
        self.examples = examples
    }

    /// Headings as the anchors that hosts of repositories make of them.
    var anchors: Set<String> {
        Set(
            prose.compactMap { line in
                guard let heading = line.line.firstMatch(of: /^#+\s+(.*)$/)?.1 else { return nil }
                return heading.lowercased().replacing(/[^\w\s-]/, with: "").replacing(" ", with: "-")
            })
    }

    func links(in line: Substring) -> [String] {
        let text = line.replacing(/`[^`]*`/, with: "")
        return text.matches(of: /\]\(([^)\s]+)[^)]*\)/).map { String($0.1) }
            + text.matches(of: /^\[[^\]]+\]:\s+(\S+)/).map { String($0.1) }
    }
}
