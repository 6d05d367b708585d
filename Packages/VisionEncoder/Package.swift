// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "VisionEncoder",
    products: [.library(name: "VisionEncoder", targets: ["VisionEncoder"])],
    dependencies: [.package(path: "../Layers"), .package(path: "../Tensors")],
    targets: [
        .target(
            name: "VisionEncoder",
            dependencies: [
                .product(name: "Layers", package: "Layers"), .product(name: "Tensors", package: "Tensors"),
            ],
            path: "Sources/VisionEncoder")
    ]
)
