/// Holds what targets import against the diagram in docs/architecture.md, whose lines read
/// `level 1  Layers -> Tensors   Checkpoints -> Tensors, JSON`: two blanks or more between entries, commas within.
struct ArrowCheck {
    static let document = "docs/architecture.md"

    let root: Manifest
    let packages: [Manifest]
    /// What each package, app and tool may import directly.
    let arrows: [String: Set<String>]

    init(root: Manifest, packages: [Manifest], repository: Repository) throws {
        self.root = root
        self.packages = packages
        arrows = try Self.diagram(in: repository.lines(of: Self.document))
    }

    func findings() -> [Finding] {
        let drawn = arrows.keys.filter { !isBuilt($0) }.sorted()
            .map { Finding(Self.document, "draws \($0), which does not exist") }
        return drawn + cycles()
            + packages.flatMap { findings(about: $0.name, at: $0.path, importing: projectImports(of: $0)) }
            + root.targets.filter(isProgram).flatMap { program in
                findings(about: program.name, at: root.path, importing: program.dependencies.intersection(packageNames))
            }
    }

    private var packageNames: Set<String> { Set(packages.map(\.name)) }

    private func isProgram(_ target: Target) -> Bool { target.type == "executable" }

    private func isBuilt(_ name: String) -> Bool {
        packageNames.contains(name) || root.targets.contains { isProgram($0) && $0.name == name }
    }

    private func projectImports(of package: Manifest) -> Set<String> {
        Set(package.targets.flatMap(\.dependencies)).intersection(packageNames).subtracting([package.name])
    }

    private func findings(about name: String, at path: String, importing imports: Set<String>) -> [Finding] {
        guard let allowed = arrows[name] else { return [Finding(Self.document, "does not draw \(name)")] }
        let reachable = closure(of: name)
        return imports.subtracting(reachable).sorted().map {
            Finding(path, "\(name) imports \($0), which the diagram in \(Self.document) does not allow")
        } + allowed.subtracting(imports).sorted().map { Finding(Self.document, "\(name) does not import \($0)") }
    }

    private func cycles() -> [Finding] {
        arrows.keys.filter { closure(of: $0).contains($0) }.sorted()
            .map { Finding(Self.document, "the arrows of \($0) lead back to it") }
    }

    /// Everything that can be reached from `name` along one arrow or more.
    private func closure(of name: String) -> Set<String> {
        var reached: Set<String> = []
        var pending = Array(arrows[name] ?? [])
        while let next = pending.popLast() {
            if reached.insert(next).inserted { pending += arrows[next] ?? [] }
        }
        return reached
    }

    private static func diagram(in lines: [Substring]) throws -> [String: Set<String>] {
        guard let start = lines.firstIndex(of: "```arrows"), let end = lines[start...].firstIndex(of: "```") else {
            throw Finding(document, "has no ```arrows block")
        }
        var arrows: [String: Set<String>] = [:]
        for line in lines[(start + 1)..<end] {
            let entries = String(line).replacing(/^(level \d+|\w+)?\s\s+/, with: "").split(separator: /\s\s+/)
            for entry in entries {
                let sides = entry.split(separator: "->").map { side in
                    side.split(separator: ",").map { $0.trimmingPrefix(/\s+/).replacing(/\s+$/, with: "") }
                }
                for name in sides.first ?? [] {
                    arrows[String(name), default: []].formUnion(sides.dropFirst().joined().map { String($0) })
                }
            }
        }
        return arrows
    }
}
