// swift-tools-version: 6.0
import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

// Every library target of Packages/ stands here too, because a client that depends on this repository by URL and
// version can reach nothing else. `make check` compares this list with the packages' own manifests.
let package = Package(
    name: "swift-blip2",
    products: [
        .library(name: "Archives", targets: ["Archives"]),
        .library(name: "BERT", targets: ["BERT"]),
        .library(name: "BLIP2", targets: ["BLIP2"]),
        .library(name: "Checkpoints", targets: ["Checkpoints"]),
        .library(name: "Communication", targets: ["Communication"]),
        .library(name: "Configuration", targets: ["Configuration"]),
        .library(name: "Datasets", targets: ["Datasets"]),
        .library(name: "Evaluation", targets: ["Evaluation"]),
        .library(name: "EvaluationMetrics", targets: ["EvaluationMetrics"]),
        .library(name: "Images", targets: ["Images"]),
        .library(name: "JSON", targets: ["JSON"]),
        .library(name: "LanguageModels", targets: ["LanguageModels"]),
        .library(name: "Layers", targets: ["Layers"]),
        .library(name: "METEORConversion", targets: ["METEORConversion"]),
        .library(name: "PFormer", targets: ["PFormer"]),
        .library(name: "QFormer", targets: ["QFormer"]),
        .library(name: "Recipes", targets: ["Recipes"]),
        .library(name: "Reports", targets: ["Reports"]),
        .library(name: "Tensors", targets: ["Tensors"]),
        .library(name: "TextTokenizers", targets: ["TextTokenizers"]),
        .library(name: "Training", targets: ["Training"]),
        .library(name: "VisionEncoder", targets: ["VisionEncoder"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        // Packages, in the order of docs/architecture.md.
        .systemLibrary(
            name: "CLibJPEG", path: "Packages/Images/Sources/CLibJPEG", pkgConfig: "libjpeg",
            providers: [.apt(["libjpeg62-turbo-dev"])]),
        .systemLibrary(
            name: "CLibPNG", path: "Packages/Images/Sources/CLibPNG", pkgConfig: "libpng",
            providers: [.apt(["libpng-dev"])]),
        .systemLibrary(
            name: "CLibWebP", path: "Packages/Images/Sources/CLibWebP", pkgConfig: "libwebpdemux",
            providers: [.apt(["libwebp-dev"])]),
        .target(
            name: "CImages", dependencies: ["CLibJPEG", "CLibPNG", "CLibWebP"], path: "Packages/Images/Sources/CImages"),
        .target(
            name: "Images", dependencies: ["CImages", "JSON", "Tensors"], path: "Packages/Images/Sources/Images"),
        .systemLibrary(
            name: "CSimdjson", path: "Packages/JSON/Sources/CSimdjson",
            providers: [.apt(["libsimdjson-dev"])]),
        .target(name: "CJSONTape", dependencies: ["CSimdjson"], path: "Packages/JSON/Sources/CJSONTape"),
        .target(name: "JSON", dependencies: ["CJSONTape", "CSimdjson"], path: "Packages/JSON/Sources/JSON"),
        .systemLibrary(
            name: "CZlib", path: "Packages/Archives/Sources/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Archives", dependencies: ["CZlib", "JSON"], path: "Packages/Archives/Sources/Archives"),
        .target(
            name: "EvaluationMetrics", dependencies: ["JSON"],
            path: "Packages/EvaluationMetrics/Sources/EvaluationMetrics"),
        .target(
            name: "METEORConversion", dependencies: ["Archives", "EvaluationMetrics", "JSON"],
            path: "Packages/METEORConversion/Sources/METEORConversion"),
        .systemLibrary(
            name: "COpenBLAS", path: "Packages/Tensors/Sources/COpenBLAS", pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev"])]),
        .target(
            name: "CTensorKernels", dependencies: ["COpenBLAS"], path: "Packages/Tensors/Sources/CTensorKernels"),
        .target(name: "Tensors", dependencies: ["CTensorKernels"], path: "Packages/Tensors/Sources/Tensors"),
        .systemLibrary(
            name: "COpenMPI", path: "Packages/Communication/Sources/COpenMPI", pkgConfig: "ompi-c",
            providers: [.apt(["libopenmpi-dev"])]),
        .target(
            name: "CCommunication", dependencies: ["COpenMPI"],
            path: "Packages/Communication/Sources/CCommunication"),
        .target(
            name: "Communication", dependencies: ["CCommunication"],
            path: "Packages/Communication/Sources/Communication"),
        .target(name: "Layers", dependencies: ["Tensors"], path: "Packages/Layers/Sources/Layers"),
        .target(name: "BERT", dependencies: ["Layers", "Tensors"], path: "Packages/BERT/Sources/BERT"),
        .target(
            name: "QFormer", dependencies: ["BERT", "Layers", "Tensors"], path: "Packages/QFormer/Sources/QFormer"),
        .target(
            name: "PFormer", dependencies: ["BERT", "Layers", "Tensors"], path: "Packages/PFormer/Sources/PFormer"),
        .target(
            name: "BLIP2",
            dependencies: [
                "BERT", "Checkpoints", "Images", "JSON", "LanguageModels", "Layers", "PFormer", "QFormer", "Tensors",
                "TextTokenizers", "VisionEncoder",
            ],
            path: "Packages/BLIP2/Sources/BLIP2"),
        .target(
            name: "Datasets", dependencies: ["Archives", "Configuration", "Images", "JSON", "Tensors"],
            path: "Packages/Datasets/Sources/Datasets"),
        .systemLibrary(
            name: "CLibCrypto", path: "Packages/Evaluation/Sources/CLibCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]),
        .target(
            name: "Evaluation",
            dependencies: [
                "BLIP2", "CLibCrypto", "Configuration", "Datasets", "EvaluationMetrics", "Images", "JSON", "Reports",
                "Tensors",
            ],
            path: "Packages/Evaluation/Sources/Evaluation"),
        .target(
            name: "Recipes",
            dependencies: [
                "BERT", "BLIP2", "Checkpoints", "Communication", "Configuration", "Datasets", "Evaluation",
                "EvaluationMetrics", "Images", "JSON", "LanguageModels", "Layers", "PFormer", "QFormer", "Tensors",
                "TextTokenizers", "Training", "VisionEncoder",
            ],
            path: "Packages/Recipes/Sources/Recipes"),
        .systemLibrary(
            name: "CLibSentencePiece", path: "Packages/TextTokenizers/Sources/CLibSentencePiece",
            pkgConfig: "sentencepiece", providers: [.apt(["libsentencepiece-dev"])]),
        .target(
            name: "CSentencePiece", dependencies: ["CLibSentencePiece"],
            path: "Packages/TextTokenizers/Sources/CSentencePiece"),
        .target(name: "CUnicodeTables", path: "Packages/TextTokenizers/Sources/CUnicodeTables"),
        .target(
            name: "TextTokenizers", dependencies: ["CLibSentencePiece", "CSentencePiece", "CUnicodeTables", "JSON"],
            path: "Packages/TextTokenizers/Sources/TextTokenizers"),
        .target(
            name: "Configuration", dependencies: [.product(name: "Yams", package: "Yams")],
            path: "Packages/Configuration/Sources/Configuration"),
        .target(
            name: "Checkpoints", dependencies: ["Archives", "JSON", "Tensors"],
            path: "Packages/Checkpoints/Sources/Checkpoints"),
        .target(
            name: "LanguageModels", dependencies: ["Layers", "Tensors"],
            path: "Packages/LanguageModels/Sources/LanguageModels"),
        .target(
            name: "Training",
            dependencies: ["Checkpoints", "Communication", "JSON", "Layers", "Reports", "Tensors"],
            path: "Packages/Training/Sources/Training"),
        .target(
            name: "VisionEncoder", dependencies: ["Layers", "Tensors"],
            path: "Packages/VisionEncoder/Sources/VisionEncoder"),
        .target(name: "Reports", path: "Packages/Reports/Sources/Reports"),

        // Apps
        .target(
            name: "Programs", dependencies: [argumentParser],
            path: "Apps/shared"),
        .executableTarget(
            name: "caption",
            dependencies: [
                "BLIP2", "Images", "JSON", "LanguageModels", "Programs", "Reports", "Tensors", argumentParser,
            ],
            path: "Apps/caption"),
        .executableTarget(
            name: "convert",
            dependencies: ["BLIP2", "Checkpoints", "Programs", "Tensors", argumentParser],
            path: "Apps/convert"),
        .executableTarget(
            name: "inspect",
            dependencies: ["BLIP2", "JSON", "Programs", argumentParser],
            path: "Apps/inspect"),
        .executableTarget(
            name: "dataset",
            dependencies: ["Configuration", "Datasets", "JSON", "Programs", "Reports", argumentParser],
            path: "Apps/dataset"),
        .executableTarget(
            name: "evaluate",
            dependencies: [
                "BLIP2", "Datasets", "Evaluation", "EvaluationMetrics", "JSON", "METEORConversion", "Programs",
                "Tensors",
                argumentParser,
            ],
            path: "Apps/evaluate", exclude: ["configurations"]),
        .executableTarget(
            name: "tokenize",
            dependencies: ["JSON", "Programs", "TextTokenizers", argumentParser],
            path: "Apps/tokenize"),
        .executableTarget(
            name: "train",
            dependencies: ["Communication", "JSON", "Programs", "Recipes", "Tensors", "Training", argumentParser],
            path: "Apps/train", exclude: ["recipes"]),

        // Tools
        .executableTarget(
            name: "checks", dependencies: [argumentParser],
            path: "Tools/Checks"),
        .executableTarget(
            name: "judge",
            dependencies: ["EvaluationMetrics", "JSON", "Reports", "SmallWorld", argumentParser],
            path: "Tools/Demo", exclude: ["stages.mk"]),
        .target(
            name: "SmallWorld", dependencies: ["Images", "JSON", "Tensors", "TextTokenizers"],
            path: "Tools/World/SmallWorld"),
        .target(
            name: "PyTorchWriting", dependencies: ["CZlib", "Checkpoints", "JSON", "Tensors"],
            path: "Tools/FullSize/PyTorchWriting"),
        .executableTarget(
            name: "full-size",
            dependencies: [
                "BLIP2", "Checkpoints", "Images", "JSON", "LanguageModels", "Layers", "Programs", "PyTorchWriting",
                "QFormer", "Tensors", "TextTokenizers", "VisionEncoder", argumentParser,
            ],
            path: "Tools/FullSize/Command"),
        .executableTarget(
            name: "world",
            dependencies: ["Programs", "SmallWorld", argumentParser],
            path: "Tools/World/Command"),

        // Tests
        .testTarget(
            name: "AppsTests",
            dependencies: [
                "BLIP2", "Checkpoints", "Datasets", "EvaluationMetrics", "Images", "JSON", "Layers", "Tensors",
                "TestSupport", "TextTokenizers", "caption", "convert", "evaluate", "inspect", "judge", "tokenize",
                "train", "world",
            ],
            path: "Tests/AppsTests"),
        .testTarget(
            name: "ArchivesTests", dependencies: ["Archives", "JSON"], path: "Tests/ArchivesTests",
            exclude: ["Fixtures"]),
        .testTarget(
            name: "BLIP2Tests",
            dependencies: [
                "BERT", "BLIP2", "Checkpoints", "Images", "JSON", "LanguageModels", "Layers", "PFormer", "QFormer",
                "Tensors", "TestSupport", "TextTokenizers", "Training", "VisionEncoder",
            ],
            path: "Tests/BLIP2Tests", exclude: ["Fixtures"]),
        .testTarget(
            name: "CheckpointsTests",
            dependencies: ["Checkpoints", "JSON", "PyTorchWriting", "Tensors", "TestSupport"],
            path: "Tests/CheckpointsTests",
            resources: [.copy("Fixtures")]),
        .testTarget(name: "ChecksTests", dependencies: ["checks"], path: "Tests/ChecksTests"),
        .testTarget(
            name: "ConfigurationTests", dependencies: ["Configuration"], path: "Tests/ConfigurationTests"),
        .testTarget(
            name: "EvaluationTests",
            dependencies: [
                "BERT", "BLIP2", "Checkpoints", "Datasets", "Evaluation", "EvaluationMetrics", "Images", "JSON",
                "LanguageModels", "Layers", "QFormer", "SmallWorld", "Tensors", "TestSupport", "TextTokenizers",
                "VisionEncoder",
            ],
            path: "Tests/EvaluationTests"),
        .testTarget(
            name: "EvaluationMetricsTests", dependencies: ["EvaluationMetrics", "JSON", "TestSupport"],
            path: "Tests/EvaluationMetricsTests", exclude: ["Fixtures"]),
        .testTarget(
            name: "ImagesTests", dependencies: ["Checkpoints", "Images", "JSON", "Tensors", "TestSupport"],
            path: "Tests/ImagesTests",
            exclude: ["Fixtures"]),
        .testTarget(
            name: "DatasetsTests",
            dependencies: ["Configuration", "Datasets", "Images", "JSON", "Tensors", "TestSupport"],
            path: "Tests/DatasetsTests", exclude: ["Fixtures"]),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], path: "Tests/JSONTests"),
        .testTarget(
            name: "LanguageModelsTests",
            dependencies: ["Checkpoints", "JSON", "LanguageModels", "Layers", "Tensors", "TestSupport"],
            path: "Tests/LanguageModelsTests", exclude: ["Fixtures"]),
        .testTarget(
            name: "LayersTests", dependencies: ["Layers", "TestSupport", "Tensors"], path: "Tests/LayersTests"),
        .testTarget(
            name: "METEORConversionTests", dependencies: ["EvaluationMetrics", "JSON", "METEORConversion"],
            path: "Tests/METEORConversionTests", exclude: ["Fixtures"]),
        .testTarget(
            name: "QFormerTests", dependencies: ["BERT", "Layers", "PFormer", "QFormer", "Tensors"],
            path: "Tests/QFormerTests"),
        .testTarget(
            name: "RecipesTests",
            dependencies: [
                "BLIP2", "Checkpoints", "Datasets", "Images", "JSON", "LanguageModels", "Layers", "PFormer", "Recipes",
                "SmallWorld", "Tensors", "TextTokenizers",
            ],
            path: "Tests/RecipesTests"),
        .testTarget(name: "ReportsTests", dependencies: ["Reports"], path: "Tests/ReportsTests"),
        .testTarget(
            name: "SmallWorldTests", dependencies: ["Datasets", "Images", "JSON", "SmallWorld", "TextTokenizers"],
            path: "Tests/SmallWorldTests"),
        .testTarget(
            name: "TensorsTests", dependencies: ["Checkpoints", "Tensors", "TestSupport"], path: "Tests/TensorsTests",
            exclude: ["Fixtures"]),
        .target(name: "TestSupport", dependencies: ["Checkpoints", "JSON", "Tensors"], path: "Tests/TestSupport"),
        .testTarget(
            name: "TextTokenizersTests", dependencies: ["JSON", "TestSupport", "TextTokenizers"],
            path: "Tests/TextTokenizersTests",
            exclude: ["Fixtures"]),
        .testTarget(
            name: "TrainingTests", dependencies: ["Checkpoints", "JSON", "Layers", "Reports", "Tensors", "Training"],
            path: "Tests/TrainingTests", resources: [.copy("Fixtures")]),
    ],
    cxxLanguageStandard: .cxx17
)
