// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Training",
    products: [.library(name: "Training", targets: ["Training"])],
    dependencies: [
        .package(path: "../Checkpoints"),
        .package(path: "../JSON"),
        .package(path: "../Layers"),
        .package(path: "../Reports"),
        .package(path: "../Tensors"),
    ],
    targets: [
        .target(
            name: "Training", dependencies: ["Checkpoints", "JSON", "Layers", "Reports", "Tensors"],
            path: "Sources/Training")
    ]
)
