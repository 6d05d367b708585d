// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Configuration",
    products: [.library(name: "Configuration", targets: ["Configuration"])],
    dependencies: [.package(url: "https://github.com/jpsim/Yams", from: "6.0.0")],
    targets: [
        .target(
            name: "Configuration", dependencies: [.product(name: "Yams", package: "Yams")],
            path: "Sources/Configuration")
    ]
)
