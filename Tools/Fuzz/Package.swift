// swift-tools-version: 6.0
import PackageDescription

let libraries: [Target.Dependency] = ["Archives", "Checkpoints", "Datasets", "Images", "TextTokenizers"].map {
    .product(name: $0, package: "swift-blip2")
}

let programs = [
    "FuzzWordPiece", "FuzzBytePair", "FuzzSentencePiece", "FuzzTokenizerJSON",
    "FuzzJPEG", "FuzzPNG", "FuzzWebP",
    "FuzzAnnotations", "FuzzTable", "FuzzShard",
    "FuzzGzip", "FuzzZip", "FuzzSafetensors", "FuzzPyTorch",
]

// A package of its own: its programs have no main function but libFuzzer's, which only `--sanitize fuzzer` links.
let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "swift-blip2", path: "../..")],
    targets: [.target(name: "FuzzSupport", dependencies: libraries)]
        + programs.map { .executableTarget(name: $0, dependencies: ["FuzzSupport"] + libraries) }
)
