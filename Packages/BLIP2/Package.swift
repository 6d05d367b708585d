// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "BLIP2",
    products: [.library(name: "BLIP2", targets: ["BLIP2"])],
    dependencies: [
        .package(path: "../BERT"), .package(path: "../Checkpoints"), .package(path: "../Images"),
        .package(path: "../JSON"), .package(path: "../LanguageModels"), .package(path: "../Layers"),
        .package(path: "../PFormer"), .package(path: "../QFormer"), .package(path: "../Tensors"),
        .package(path: "../TextTokenizers"), .package(path: "../VisionEncoder"),
    ],
    targets: [
        .target(
            name: "BLIP2",
            dependencies: [
                "BERT", "Checkpoints", "Images", "JSON", "LanguageModels", "Layers", "PFormer", "QFormer", "Tensors",
                "TextTokenizers", "VisionEncoder",
            ],
            path: "Sources/BLIP2")
    ]
)
