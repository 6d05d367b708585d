// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "LanguageModels",
    products: [.library(name: "LanguageModels", targets: ["LanguageModels"])],
    dependencies: [.package(path: "../Layers"), .package(path: "../Tensors")],
    targets: [
        .target(
            name: "LanguageModels",
            dependencies: [
                .product(name: "Layers", package: "Layers"), .product(name: "Tensors", package: "Tensors"),
            ],
            path: "Sources/LanguageModels")
    ]
)
