// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "BERT",
    products: [.library(name: "BERT", targets: ["BERT"])],
    dependencies: [.package(path: "../Layers"), .package(path: "../Tensors")],
    targets: [.target(name: "BERT", dependencies: ["Layers", "Tensors"], path: "Sources/BERT")]
)
