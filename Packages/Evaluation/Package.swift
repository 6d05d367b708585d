// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Evaluation",
    products: [.library(name: "Evaluation", targets: ["Evaluation"])],
    dependencies: [
        .package(path: "../BLIP2"), .package(path: "../EvaluationMetrics"), .package(path: "../Images"),
        .package(path: "../JSON"), .package(path: "../Reports"),
    ],
    targets: [
        .target(
            name: "Evaluation", dependencies: ["BLIP2", "EvaluationMetrics", "Images", "JSON", "Reports"],
            path: "Sources/Evaluation")
    ]
)
