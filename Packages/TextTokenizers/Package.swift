// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "TextTokenizers",
    products: [
        .library(name: "TextTokenizers", targets: ["TextTokenizers"])
    ],
    dependencies: [
        .package(path: "../JSON")
    ],
    targets: [
        .target(name: "CUnicodeTables", path: "Sources/CUnicodeTables"),
        .target(
            name: "TextTokenizers", dependencies: ["CUnicodeTables", .product(name: "JSON", package: "JSON")],
            path: "Sources/TextTokenizers"),
    ]
)
