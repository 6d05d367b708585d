import Foundation

/// A package's manifest as `swift package dump-package` prints it.
struct Manifest {
    let path: String
    let name: String
    let targets: [Target]
    /// Product name to the JSON of the product.
    let products: [String: [String: Any]]
    /// Names of the folders beside this package that it depends on.
    let siblings: Set<String>
    /// Identity to version requirement (JSON, keys sorted) of the dependencies that are fetched.
    let requirements: [String: String]
    /// Facts about the whole package that change how its targets are built.
    let settings: [String: String]

    /// Evaluates the manifest in `folder` ("" is the root).
    init(evaluating folder: String, of repository: Repository) throws {
        path = folder.isEmpty ? "Package.swift" : "\(folder)/Package.swift"
        let package = repository.root.appendingPathComponent(folder).path
        let output = try run(["swift", "package", "--package-path", package, "dump-package"], failingAs: path)
        guard let dump = try JSONSerialization.jsonObject(with: output) as? [String: Any] else {
            throw Finding(path, "dump-package printed no object")
        }
        name = dump["name"] as? String ?? ""
        targets = objects(dump["targets"]).map(Target.init)
        products = Dictionary(
            objects(dump["products"]).map { ($0["name"] as? String ?? "", $0) }, uniquingKeysWith: { first, _ in first }
        )
        let dependencies = objects(dump["dependencies"])
        siblings = Set(
            dependencies.flatMap { objects($0["fileSystem"]) }
                .compactMap { ($0["path"] as? String).map { URL(fileURLWithPath: $0).lastPathComponent } })
        requirements = Dictionary(
            dependencies.flatMap { objects($0["sourceControl"]) }
                .map { ($0["identity"] as? String ?? "", canonical($0["requirement"])) },
            uniquingKeysWith: { first, _ in first })
        settings = Dictionary(
            uniqueKeysWithValues: ["toolsVersion", "platforms", "cLanguageStandard", "cxxLanguageStandard"]
                .map { ($0, canonical(dump[$0])) })
    }
}

/// A target of a manifest.
struct Target {
    let name: String
    let path: String
    /// "regular", "executable", "test" or "system".
    let type: String
    /// Names of targets or products, without the package that a nested manifest must add.
    let dependencies: Set<String>
    /// Every other field (exclusions, resources, settings, package configuration, ...) as JSON with sorted keys.
    let fields: [String: String]

    init(_ dump: [String: Any]) {
        name = dump["name"] as? String ?? ""
        path = dump["path"] as? String ?? "Sources/\(name)"
        type = dump["type"] as? String ?? ""
        dependencies = Set(
            objects(dump["dependencies"]).flatMap { $0.values }
                .compactMap { ($0 as? [Any])?.first as? String })
        fields = dump.filter { !["name", "path", "dependencies"].contains($0.key) }.mapValues(canonical)
    }
}

private func objects(_ value: Any?) -> [[String: Any]] { value as? [[String: Any]] ?? [] }

private func canonical(_ value: Any?) -> String {
    let data = try? JSONSerialization.data(
        withJSONObject: value ?? NSNull(), options: [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes])
    return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
}

/// Runs a command and returns what it printed; its failure becomes a finding about `path`.
func run(_ command: [String], failingAs path: String) throws -> Data {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = output
    try process.run()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw Finding(path, "`\(command.joined(separator: " "))` failed")
    }
    return printed
}
