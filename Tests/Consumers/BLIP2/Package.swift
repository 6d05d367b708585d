// swift-tools-version: 6.0
import PackageDescription

// A client of the whole repository by URL and version; `Tests/Consumers/run` says where it lies, and puts the example of
// the repository's README there.
let package = Package(
    name: "client",
    dependencies: [.package(url: Context.environment["BLIP_REPOSITORY"] ?? "", from: "1.0.0")],
    targets: [
        .executableTarget(
            name: "client", dependencies: [.product(name: "BLIP2", package: "swift-blip2")], path: "example")
    ]
)
