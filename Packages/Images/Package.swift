// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Images",
    products: [.library(name: "Images", targets: ["Images"])],
    dependencies: [.package(path: "../JSON"), .package(path: "../Tensors")],
    targets: [
        .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
        .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CLibWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"])]),
        .target(name: "CImages", dependencies: ["CLibJPEG", "CLibPNG", "CLibWebP"]),
        .target(
            name: "Images",
            dependencies: [
                "CImages", .product(name: "JSON", package: "JSON"), .product(name: "Tensors", package: "Tensors"),
            ]),
    ]
)
