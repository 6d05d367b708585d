// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "PFormer",
    products: [.library(name: "PFormer", targets: ["PFormer"])],
    dependencies: [.package(path: "../BERT"), .package(path: "../Layers"), .package(path: "../Tensors")],
    targets: [.target(name: "PFormer", dependencies: ["BERT", "Layers", "Tensors"], path: "Sources/PFormer")]
)
