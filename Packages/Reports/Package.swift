// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Reports",
    products: [.library(name: "Reports", targets: ["Reports"])],
    targets: [.target(name: "Reports", path: "Sources/Reports")]
)
