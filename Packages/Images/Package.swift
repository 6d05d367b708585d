// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Images",
    products: [.library(name: "Images", targets: ["Images"])],
    dependencies: [.package(path: "../Tensors")],
    targets: [
        .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
        .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .target(name: "CImages", dependencies: ["CLibJPEG", "CLibPNG"]),
        .target(name: "Images", dependencies: ["CImages", .product(name: "Tensors", package: "Tensors")]),
    ]
)
