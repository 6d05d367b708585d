// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Datasets",
    products: [.library(name: "Datasets", targets: ["Datasets"])],
    dependencies: [
        .package(path: "../Archives"), .package(path: "../Configuration"), .package(path: "../Images"),
        .package(path: "../JSON"),
        .package(path: "../Tensors"),
    ],
    targets: [
        .target(
            name: "Datasets",
            dependencies: [
                .product(name: "Archives", package: "Archives"),
                .product(name: "Configuration", package: "Configuration"),
                .product(name: "Images", package: "Images"), .product(name: "JSON", package: "JSON"),
                .product(name: "Tensors", package: "Tensors"),
            ],
            path: "Sources/Datasets")
    ]
)
