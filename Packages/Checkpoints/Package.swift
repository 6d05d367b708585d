// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Checkpoints",
    products: [.library(name: "Checkpoints", targets: ["Checkpoints"])],
    dependencies: [
        .package(path: "../JSON"),
        .package(path: "../Tensors"),
    ],
    targets: [
        .target(name: "Checkpoints", dependencies: ["JSON", "Tensors"], path: "Sources/Checkpoints")
    ]
)
