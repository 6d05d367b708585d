// swift-tools-version: 6.0
import PackageDescription

// A package of its own: its programs have no main function but libFuzzer's, which only `--sanitize fuzzer` links.
let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "swift-blip2", path: "../..")],
    targets: [
        .target(name: "FuzzingFolder", dependencies: [.product(name: "TextTokenizers", package: "swift-blip2")])
    ]
        + ["FuzzWordPiece", "FuzzBytePair", "FuzzSentencePiece", "FuzzTokenizerJSON"].map { name in
            .executableTarget(
                name: name,
                dependencies: ["FuzzingFolder", .product(name: "TextTokenizers", package: "swift-blip2")])
        }
)
