/// A target may import only what its manifest entry names: the build itself lets a module through that another
/// target happened to build. What it names it must import.
struct ImportCheck {
    let repository: Repository
    let root: Manifest

    func findings() throws -> [Finding] {
        let names = Set(root.targets.map(\.name))
        return try root.targets.flatMap { target -> [Finding] in
            let files = repository.files(under: [target.path], endingIn: ["swift"])
            guard !files.isEmpty else { return [] }
            var imported: Set<String> = []
            var findings: [Finding] = []
            for file in files {
                for (index, line) in try repository.lines(of: file).enumerated() {
                    guard let (module, isTestable) = Self.module(importedBy: line) else { continue }
                    imported.insert(module)
                    if isTestable {
                        findings.append(Finding(file, line: index + 1, "tests see the public interface only"))
                    }
                    if names.contains(module), !target.dependencies.contains(module) {
                        findings.append(Finding(file, line: index + 1, "\(target.name) does not name \(module)"))
                    }
                }
            }
            let idle = target.dependencies.intersection(names).subtracting(imported).subtracting(linkedOnly)
            return findings
                + idle.sorted().map { Finding(root.path, "\(target.name) names \($0) and never imports it") }
        }
    }

    /// Targets that are named so that a library gets linked or a program gets built, without an import.
    private var linkedOnly: Set<String> {
        Set(root.targets.filter { $0.type == "system" || $0.type == "executable" }.map(\.name))
    }

    private static func module(importedBy line: Substring) -> (name: String, isTestable: Bool)? {
        // The pattern is compiled anew for every line that reaches it, which takes longer than all else here.
        guard line.contains("import") else { return nil }
        let pattern =
            /^(@testable\s+)?(?:@\w+\s+)*(?:(?:public|internal|package|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
        guard let match = line.firstMatch(of: pattern) else { return nil }
        return (String(match.2), match.1 != nil)
    }
}
