// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "BLIP2",
    products: [.library(name: "BLIP2", targets: ["BLIP2"])],
    dependencies: [
        .package(path: "../BERT"), .package(path: "../LanguageModels"), .package(path: "../Layers"),
        .package(path: "../PFormer"), .package(path: "../QFormer"), .package(path: "../Tensors"),
        .package(path: "../VisionEncoder"),
    ],
    targets: [
        .target(
            name: "BLIP2",
            dependencies: ["BERT", "LanguageModels", "Layers", "PFormer", "QFormer", "Tensors", "VisionEncoder"],
            path: "Sources/BLIP2")
    ]
)
