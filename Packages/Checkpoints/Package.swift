// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Checkpoints",
    products: [.library(name: "Checkpoints", targets: ["Checkpoints"])],
    dependencies: [
        .package(path: "../Archives"),
        .package(path: "../JSON"),
        .package(path: "../Tensors"),
    ],
    targets: [
        .target(name: "Checkpoints", dependencies: ["Archives", "JSON", "Tensors"], path: "Sources/Checkpoints")
    ]
)
