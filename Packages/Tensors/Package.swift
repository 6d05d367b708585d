// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Tensors",
    products: [.library(name: "Tensors", targets: ["Tensors"])],
    targets: [
        .systemLibrary(
            name: "COpenBLAS", path: "Sources/COpenBLAS", pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev"])]),
        .target(name: "CTensorKernels", dependencies: ["COpenBLAS"], path: "Sources/CTensorKernels"),
        .target(name: "Tensors", dependencies: ["CTensorKernels"], path: "Sources/Tensors"),
    ]
)
