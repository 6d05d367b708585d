// swift-tools-version: 6.0
import PackageDescription

// A package of its own, so that the root stays free of what only measurements need.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "swift-blip2", path: "../.."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    ],
    targets: [
        .target(name: "CSentencePieceLoop", linkerSettings: [.linkedLibrary("sentencepiece")]),
        .target(name: "CCeilings", linkerSettings: [.linkedLibrary("openblas")]),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "CCeilings", "CSentencePieceLoop",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "BERT", package: "swift-blip2"),
                .product(name: "BLIP2", package: "swift-blip2"),
                .product(name: "Datasets", package: "swift-blip2"),
                .product(name: "Images", package: "swift-blip2"),
                .product(name: "LanguageModels", package: "swift-blip2"),
                .product(name: "Layers", package: "swift-blip2"),
                .product(name: "PFormer", package: "swift-blip2"),
                .product(name: "QFormer", package: "swift-blip2"),
                .product(name: "Reports", package: "swift-blip2"),
                .product(name: "Tensors", package: "swift-blip2"),
                .product(name: "TextTokenizers", package: "swift-blip2"),
                .product(name: "Training", package: "swift-blip2"),
                .product(name: "VisionEncoder", package: "swift-blip2"),
            ],
            path: "Sources/Benchmarks"),
    ],
    cxxLanguageStandard: .cxx17
)
