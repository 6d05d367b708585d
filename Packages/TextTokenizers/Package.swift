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
        .systemLibrary(
            name: "CLibSentencePiece", path: "Sources/CLibSentencePiece", pkgConfig: "sentencepiece",
            providers: [.apt(["libsentencepiece-dev"])]),
        .target(name: "CSentencePiece", dependencies: ["CLibSentencePiece"], path: "Sources/CSentencePiece"),
        .target(name: "CUnicodeTables", path: "Sources/CUnicodeTables"),
        .target(
            name: "TextTokenizers",
            dependencies: [
                "CLibSentencePiece", "CSentencePiece", "CUnicodeTables", .product(name: "JSON", package: "JSON"),
            ],
            path: "Sources/TextTokenizers"),
    ],
    cxxLanguageStandard: .cxx17
)
