// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "QFormer",
    products: [.library(name: "QFormer", targets: ["QFormer"])],
    dependencies: [.package(path: "../BERT"), .package(path: "../Layers"), .package(path: "../Tensors")],
    targets: [.target(name: "QFormer", dependencies: ["BERT", "Layers", "Tensors"], path: "Sources/QFormer")]
)
