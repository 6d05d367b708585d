// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Training",
    products: [.library(name: "Training", targets: ["Training"])],
    dependencies: [
        .package(path: "../Checkpoints"),
        .package(path: "../Communication"),
        .package(path: "../JSON"),
        .package(path: "../Layers"),
        .package(path: "../Reports"),
        .package(path: "../Tensors"),
    ],
    targets: [
        .target(
            name: "Training", dependencies: ["Checkpoints", "Communication", "JSON", "Layers", "Reports", "Tensors"],
            path: "Sources/Training")
    ]
)
