// swift-tools-version: 6.0
import PackageDescription

// A client of the whole repository by URL and version; `Tests/Consumers/run` says where it lies.
let package = Package(
    name: "client",
    dependencies: [.package(url: Context.environment["BLIP_REPOSITORY"] ?? "", from: "1.0.0")],
    targets: [
        .executableTarget(
            name: "client",
            dependencies: [.product(name: "TextTokenizers", package: "swift-blip2")],
            path: ".", exclude: ["Fixtures", "example"], sources: ["main.swift"]),
        // The example of the package's README, which `Tests/Consumers/run` puts there.
        .executableTarget(
            name: "example",
            dependencies: [.product(name: "TextTokenizers", package: "swift-blip2")],
            path: "example"),
    ]
)
