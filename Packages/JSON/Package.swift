// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "JSON",
    products: [
        .library(name: "JSON", targets: ["JSON"])
    ],
    targets: [
        .systemLibrary(
            name: "CSimdjson", path: "Sources/CSimdjson",
            providers: [.apt(["libsimdjson-dev"])]),
        .target(name: "CJSONTape", dependencies: ["CSimdjson"], path: "Sources/CJSONTape"),
        .target(name: "JSON", dependencies: ["CJSONTape", "CSimdjson"], path: "Sources/JSON"),
    ],
    cxxLanguageStandard: .cxx17
)
