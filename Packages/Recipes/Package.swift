// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Recipes",
    products: [.library(name: "Recipes", targets: ["Recipes"])],
    dependencies: [
        "BERT", "BLIP2", "Checkpoints", "Communication", "Configuration", "Datasets", "Evaluation",
        "EvaluationMetrics", "Images", "JSON", "LanguageModels", "Layers", "PFormer", "QFormer", "Tensors",
        "TextTokenizers", "Training", "VisionEncoder",
    ].map { .package(path: "../\($0)") },
    targets: [
        .target(
            name: "Recipes",
            dependencies: [
                "BERT", "BLIP2", "Checkpoints", "Communication", "Configuration", "Datasets", "Evaluation",
                "EvaluationMetrics", "Images", "JSON", "LanguageModels", "Layers", "PFormer", "QFormer", "Tensors",
                "TextTokenizers", "Training",
                "VisionEncoder",
            ].map { .product(name: $0, package: $0) },
            path: "Sources/Recipes")
    ]
)
