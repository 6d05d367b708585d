// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Archives",
    products: [.library(name: "Archives", targets: ["Archives"])],
    dependencies: [.package(path: "../JSON")],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Archives", dependencies: ["CZlib", .product(name: "JSON", package: "JSON")]),
    ]
)
