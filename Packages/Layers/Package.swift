// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Layers",
    products: [.library(name: "Layers", targets: ["Layers"])],
    dependencies: [.package(path: "../Tensors")],
    targets: [.target(name: "Layers", dependencies: ["Tensors"], path: "Sources/Layers")]
)
