// swift-tools-version: 6.0
import PackageDescription

// A client of the whole repository by URL and version; `Tests/Consumers/run` says where it lies.
let package = Package(
    name: "client",
    dependencies: [.package(url: Context.environment["BLIP_REPOSITORY"] ?? "", from: "1.0.0")],
    targets: [
        .executableTarget(
            name: "client",
            dependencies: [
                .product(name: "Checkpoints", package: "swift-blip2"),
                .product(name: "Images", package: "swift-blip2"),
                .product(name: "Layers", package: "swift-blip2"),
                .product(name: "VisionEncoder", package: "swift-blip2"),
            ],
            path: ".", exclude: ["Fixtures"], sources: ["main.swift"])
    ]
)
