// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Communication",
    products: [.library(name: "Communication", targets: ["Communication"])],
    targets: [
        .systemLibrary(
            name: "COpenMPI", path: "Sources/COpenMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
        .target(name: "CCommunication", dependencies: ["COpenMPI"], path: "Sources/CCommunication"),
        .target(name: "Communication", dependencies: ["CCommunication"], path: "Sources/Communication"),
    ]
)
