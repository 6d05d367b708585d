import Foundation

/// A repository of two packages and a tool in a folder of its own, in which everything is in step.
struct SmallRepository {
    let root: URL
    private var files: [String: String] = [
        "Package.swift": """
        // swift-tools-version: 6.0
        import PackageDescription

        let package = Package(
            name: "whole",
            products: [
                .library(name: "Lower", targets: ["Lower"]),
                .library(name: "Upper", targets: ["Upper"]),
            ],
            targets: [
                .target(name: "Lower", path: "Packages/Lower/Sources/Lower"),
                .target(name: "Upper", dependencies: ["Lower"], path: "Packages/Upper/Sources/Upper"),
                .executableTarget(name: "tool", dependencies: ["Upper"], path: "Tools/Tool"),
            ]
        )
        """,
        "Packages/Lower/Package.swift": """
        // swift-tools-version: 6.0
        import PackageDescription

        let package = Package(
            name: "Lower",
            products: [.library(name: "Lower", targets: ["Lower"])],
            targets: [.target(name: "Lower", path: "Sources/Lower")]
        )
        """,
        "Packages/Upper/Package.swift": """
        // swift-tools-version: 6.0
        import PackageDescription

        let package = Package(
            name: "Upper",
            products: [.library(name: "Upper", targets: ["Upper"])],
            dependencies: [.package(path: "../Lower")],
            targets: [
                .target(
                    name: "Upper", dependencies: [.product(name: "Lower", package: "Lower")], path: "Sources/Upper")
            ]
        )
        """,
        "Packages/Lower/Sources/Lower/Lower.swift": "public let low = 1\n",
        "Packages/Upper/Sources/Upper/Upper.swift": "import Lower\n\npublic let up = low + 1\n",
        "Tools/Tool/main.swift": "import Upper\n\nprint(up)\n",
        "Makefile": "test:\n\ttrue\n",
        "docs/architecture.md": """
        # Architecture

        ## The arrows

        ```arrows
        level 0  Lower
        level 1  Upper -> Lower
        tools    tool -> Upper
        ```
        """,
        "README.md": "# Whole\n\nRun `make test`; read [why](docs/architecture.md#the-arrows) and `Tools/Tool`.\n",
    ]

    init() {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("checks-\(UUID().uuidString)")
    }

    /// Replaces a part of a file that must be there.
    mutating func change(_ path: String, _ old: String, to new: String) {
        precondition(files[path]?.contains(old) == true, "\(path) has no \(old)")
        files[path] = files[path]?.replacing(old, with: new)
    }

    /// Writes the files, runs the program on them and returns its exit code and the lines it printed.
    func check() throws -> (code: Int32, lines: [String]) {
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let process = Process()
        let output = Pipe()
        let ourselves = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.executableURL = ourselves.deletingLastPathComponent().appendingPathComponent("checks")
        process.arguments = ["--root", root.path]
        process.standardOutput = output
        try process.run()
        let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, printed.split(separator: "\n").map(String.init))
    }
}
