// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Evaluation",
    products: [.library(name: "Evaluation", targets: ["Evaluation"])],
    dependencies: [
        .package(path: "../BLIP2"), .package(path: "../Configuration"), .package(path: "../Datasets"),
        .package(path: "../EvaluationMetrics"), .package(path: "../Images"),
        .package(path: "../JSON"), .package(path: "../Reports"), .package(path: "../Tensors"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibCrypto", path: "Sources/CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "Evaluation",
            dependencies: [
                "BLIP2", "CLibCrypto", "Configuration", "Datasets", "EvaluationMetrics", "Images", "JSON", "Reports",
                "Tensors",
            ],
            path: "Sources/Evaluation"),
    ]
)
