// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "METEORConversion",
    products: [.library(name: "METEORConversion", targets: ["METEORConversion"])],
    dependencies: [
        .package(path: "../Archives"), .package(path: "../EvaluationMetrics"), .package(path: "../JSON"),
    ],
    targets: [
        .target(
            name: "METEORConversion",
            dependencies: [
                .product(name: "Archives", package: "Archives"),
                .product(name: "EvaluationMetrics", package: "EvaluationMetrics"),
                .product(name: "JSON", package: "JSON"),
            ])
    ]
)
