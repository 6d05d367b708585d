// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "EvaluationMetrics",
    products: [
        .library(name: "EvaluationMetrics", targets: ["EvaluationMetrics"])
    ],
    dependencies: [
        .package(path: "../JSON")
    ],
    targets: [
        .target(
            name: "EvaluationMetrics", dependencies: [.product(name: "JSON", package: "JSON")],
            path: "Sources/EvaluationMetrics")
    ]
)
