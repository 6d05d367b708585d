import Foundation

/// Every package has a README with an example, and the examples compile against the modules of a finished build.
struct ReadmeCheck {
    let repository: Repository
    let packages: [Manifest]
    /// The release folder of the build, `.build/release`.
    let products: URL
    let root: Manifest

    func findings() throws -> [Finding] {
        try packages.flatMap { package -> [Finding] in
            let path = "Packages/\(package.name)/README.md"
            guard repository.exists(path) else { return [Finding(path, "is missing")] }
            let document = try Document(repository.lines(of: path), path: path)
            guard !document.examples.isEmpty else { return [Finding(path, "has no example in Swift")] }
            return document.examples.compactMap { compile($0.code, from: path, line: $0.number) }
        }
    }

    private func compile(_ code: String, from path: String, line: Int) -> Finding? {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let main = folder.appendingPathComponent("main.swift")
            try "#sourceLocation(file: \"\(path)\", line: \(line + 1))\n\(code)\n"
                .write(to: main, atomically: true, encoding: .utf8)
            _ = try run(["swiftc", "-typecheck", "-swift-version", "6"] + searchPaths + [main.path], failingAs: path)
            return nil
        } catch {
            return Finding(path, line: line, "the example does not compile")
        }
    }

    /// Where the compiler finds the modules: Swift's in one folder, C's by their module maps.
    private var searchPaths: [String] {
        let maps = root.targets.flatMap { target in
            ["\(target.path)/module.modulemap", "\(target.path)/include/module.modulemap"]
                + [".build/release/\(target.name).build/module.modulemap"]
        }
        return ["-I", products.appendingPathComponent("Modules").path]
            + (maps.filter(repository.exists) + fetchedMaps).flatMap { path in
                ["-Xcc", "-fmodule-map-file=\(repository.root.appendingPathComponent(path).path)"]
            }
    }

    /// The module maps of fetched packages' C targets.
    private var fetchedMaps: [String] {
        repository.folders(in: ".build/checkouts").flatMap { package in
            repository.folders(in: ".build/checkouts/\(package)/Sources")
                .map { ".build/checkouts/\(package)/Sources/\($0)/include/module.modulemap" }
        }.filter(repository.exists)
    }
}
