// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "residual",
    products: [.executable(name: "residual", targets: ["residual"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.0.0"),
    ],
    targets: [
        // C and system libraries
        .target(name: "Kernels"),
        .target(
            name: "ImageCodecs", path: "Sources/CLibraries/ImageCodecs",
            linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),
        .systemLibrary(
            name: "CYAML", path: "Sources/CLibraries/YAML", providers: [.apt(["libyaml-dev"])]),

        // The layers, lowest first
        .target(name: "Support"),
        .target(name: "Tensor", dependencies: ["Kernels", "Support"]),
        .target(name: "NN", dependencies: ["Tensor", "Support"]),
        .target(
            name: "Datasets",
            dependencies: [
                "Tensor", "ImageCodecs", "Support",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Data"),
        .target(name: "Inference", dependencies: ["NN", "Datasets", "Tensor", "Support"]),
        .target(
            name: "Train",
            dependencies: ["Inference", "NN", "Datasets", "Tensor", "Support", "CYAML"]),
        .target(
            name: "Serve",
            dependencies: [
                "Inference", "Datasets", "Support",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
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
        .testTarget(
            name: "TensorTests", dependencies: ["Tensor", "Support"], exclude: ["Fixtures"]),
        .testTarget(
            name: "NNTests", dependencies: ["NN", "Tensor", "Support"], exclude: ["Fixtures"]),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Datasets", "Tensor", "Support"],
            path: "Tests/DataTests", exclude: ["Fixtures"]),
        .testTarget(
            name: "TrainTests",
            dependencies: ["Train", "Inference", "NN", "Datasets", "Tensor", "Support"],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "CommandTests",
            dependencies: ["residual", "Inference", "NN", "Datasets", "Tensor", "Train", "Support"]),
        .testTarget(
            name: "ServeTests",
            dependencies: [
                "Serve", "Support",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
