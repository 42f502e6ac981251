// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "residual",
    products: [.executable(name: "residual", targets: ["residual"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.20.0"),
    ],
    targets: [
        // C and system libraries
        .target(name: "Kernels"),
        .target(
            name: "ImageCodecs", path: "Sources/CLibraries/ImageCodecs",
            linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),
        .systemLibrary(
            name: "COpenBLAS", path: "Sources/CLibraries/OpenBLAS",
            providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(
            name: "CYAML", path: "Sources/CLibraries/YAML", providers: [.apt(["libyaml-dev"])]),

        // The layers, lowest first
        .target(name: "Support"),
        .target(name: "Tensor", dependencies: ["Kernels", "COpenBLAS", "Support"]),
        .target(name: "NN", dependencies: ["Tensor", "Support"]),
        .target(
            name: "Datasets",
            dependencies: [
                "Tensor", "ImageCodecs", "Support", .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Data"),
        .target(name: "Inference", dependencies: ["NN", "Datasets", "Tensor", "Support"]),
        .target(
            name: "Train",
            dependencies: ["Inference", "NN", "Datasets", "Tensor", "Support", "CYAML"]),
        .target(
            name: "Serve",
            dependencies: [
                "Inference", "Support", .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "residual",
            dependencies: [
                "Train", "Serve", "Inference", "NN", "Datasets", "Tensor", "Support",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/Commands"),

        // Tests
        .testTarget(name: "TensorTests", dependencies: ["Tensor", "Support"]),
        .testTarget(name: "NNTests", dependencies: ["NN", "Tensor", "Support"]),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Datasets", "Tensor", "Support"],
            path: "Tests/DataTests", exclude: ["Fixtures"]),
        .testTarget(name: "TrainTests", dependencies: ["Train", "Support"], exclude: ["Fixtures"]),
        .testTarget(
            name: "ServeTests",
            dependencies: [
                "Serve", "Support", .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
