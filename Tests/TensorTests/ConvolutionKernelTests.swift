import Tensor
import Testing

/// Every way in which the CPU computes convolutions and matrix products, against the reference,
/// with the errors that `Convolution.h` and `Gemm.h` promise, and with 1, 2, 3 and 8 threads bit
/// for bit.
@Suite struct ConvolutionKernelTests {
    /// Relative L2 errors: Winograd's transforms, and plain sums.
    private static let winograd = Tolerance(element: 1e-5, norm: 2e-6)
    private static let sums = Tolerance(element: 5e-6, norm: 5e-7)

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let geometry: Conv2dGeometry
        let tolerance: Tolerance
    }

    private static func square(
        _ what: String, _ images: (Int, Int, Int), _ input: Int, _ output: Int, kernel: Spatial = 3,
        stride: Spatial = 1, padding: Spatial = 1, dilation: Spatial = 1, groups: Int = 1,
        _ tolerance: Tolerance
    ) -> Case {
        Case(
            testDescription: what,
            geometry: Conv2dGeometry(
                batch: images.0, height: images.1, width: images.2, inputChannels: input,
                outputChannels: output, kernel: kernel, stride: stride, padding: padding,
                dilation: dilation, groups: groups),
            tolerance: tolerance)
    }

    static let cases: [Case] = [
        square("Winograd, gradient by slabs", (3, 26, 27), 32, 48, winograd),
        square("Winograd, gradient by positions", (5, 27, 30), 96, 112, winograd),
        square("Winograd, no border", (5, 15, 14), 48, 80, padding: 0, winograd),
        square("Winograd, wide border", (2, 19, 20), 32, 48, padding: 3, winograd),
        square(
            "Winograd, unequal borders", (3, 17, 21), 16, 16,
            padding: Spatial(height: 2, width: 0), winograd),
        square("Winograd, small images", (40, 7, 3), 64, 32, winograd),
        square("Winograd, result past the caches", (21, 59, 58), 16, 32, winograd),
        square("Winograd, stride 2, gradient by slabs", (5, 31, 22), 64, 80, stride: 2, winograd),
        square("Winograd, stride 2, by classes", (5, 26, 30), 128, 144, stride: 2, winograd),
        square("Winograd, stride 2, small images", (9, 9, 3), 96, 112, stride: 2, winograd),
        square("Winograd, channels left over", (3, 18, 21), 24, 40, winograd),
        square("Winograd, one channel over", (2, 25, 23), 17, 33, winograd),
        square("Winograd, few results", (2, 21, 22), 35, 5, winograd),
        square("Winograd, by classes, channels left over", (3, 22, 19), 103, 117, winograd),
        square("Winograd, past the caches, channels left over", (21, 65, 64), 5, 25, winograd),
        square("Winograd, stride 2, channels left over", (3, 23, 30), 37, 70, stride: 2, winograd),
        square(
            "Winograd, stride 2, by classes, channels left over", (5, 21, 18), 109, 139, stride: 2,
            winograd),
        square(
            "gathered, gradient by slabs", (2, 25, 23), 17, 33,
            kernel: Spatial(height: 3, width: 2), sums),
        square(
            "gathered, gradient by steps", (4, 31, 29), 128, 144, stride: 2, padding: 2, sums),
        square("Winograd, one small image", (1, 7, 6), 128, 256, winograd),
        square(
            "gathered, stem", (2, 23, 29), 3, 64, kernel: 7, stride: 2, padding: 3, sums),
        square("gathered, three channels", (2, 19, 22), 3, 64, sums),
        square("gathered, three channels, past the caches", (21, 59, 58), 3, 32, sums),
        square(
            "gathered, five channels, dilated", (2, 12, 17), 5, 24,
            stride: Spatial(height: 1, width: 2), padding: 2, dilation: 2, sums),
        square("gathered, stride beyond the kernel", (2, 11, 13), 24, 40, stride: 5, sums),
        square(
            "gathered, 1×1 of stride 2", (2, 9, 7), 64, 130, kernel: 1, stride: 2, padding: 0,
            sums),
        square(
            "gathered, 1×1 of stride 2, past the caches", (21, 59, 58), 32, 48, kernel: 1,
            stride: 2, padding: 0, sums),
        square(
            "gathered, 1×1 of stride 3 in groups", (2, 10, 8), 32, 64, kernel: 1, stride: 3,
            padding: 0, groups: 2, sums),
        square(
            "gathered, 1×1, past the caches", (21, 59, 58), 16, 32, kernel: 1, padding: 0, sums),
        square("gathered, 1×1, two chunks", (2, 9, 11), 528, 96, kernel: 1, padding: 0, sums),
        square("gathered, 1×1, large filter", (1, 5, 7), 1024, 288, kernel: 1, padding: 0, sums),
        square("gathered, groups", (2, 9, 11), 36, 54, stride: 2, groups: 3, sums),
        square(
            "gathered, all unequal", (2, 13, 10), 20, 35, kernel: Spatial(height: 3, width: 2),
            stride: Spatial(height: 3, width: 2), padding: Spatial(height: 2, width: 0),
            dilation: Spatial(height: 1, width: 3), sums),
        square(
            "depthwise", (3, 18, 19), 37, 37, kernel: 5, stride: 2, padding: 2, groups: 37, sums),
        square("depthwise, dilated", (2, 12, 9), 48, 48, padding: 2, dilation: 2, groups: 48, sums),
    ]

    @Test("Convolution", arguments: cases)
    func convolution(_ item: Case) {
        let g = item.geometry
        let yCount = g.batch * g.outputHeight * g.outputWidth * g.outputChannels
        let xCount = g.batch * g.height * g.width * g.inputChannels
        let wCount =
            g.kernel.height * g.kernel.width * g.inputChannels / g.groups * g.outputChannels
        let inputs = [
            normals(xCount, 0), normals(wCount, 1), normals(g.outputChannels, 2),
            normals(yCount, 3),
        ]
        compare(inputs, results: [yCount, xCount, wCount], item.tolerance) {
            backend, input, result in
            backend.conv2d(input[0], filter: input[1], bias: input[2], g, into: result[0])
            backend.conv2dInputGradient(dy: input[3], filter: input[1], g, into: result[1])
            backend.conv2dFilterGradient(dy: input[3], input[0], g, into: result[2])
        }
    }

    /// One preparation serves every batch; residual and ReLU follow the sums.
    @Test("Prepared convolution", arguments: cases)
    func preparedConvolution(_ item: Case) {
        let g = item.geometry
        let inputs = [
            normals(g.batch * g.height * g.width * g.inputChannels, 0), normals(g.filterCount, 1),
            normals(g.outputChannels, 2), normals(g.outputCount, 3),
        ]
        compare(inputs, results: [g.outputCount, g.outputCount], item.tolerance) {
            backend, input, result in
            let prepared = backend.allocate(byteCount: backend.preparedFilterByteCount(g))
            defer { backend.release(prepared) }
            backend.prepareFilter(input[1], g, into: prepared)
            backend.conv2d(
                input[0], prepared: prepared, bias: nil, residual: nil, relu: true, g,
                into: result[0])
            backend.conv2d(
                input[0], prepared: prepared, bias: input[2], residual: input[3], relu: true, g,
                into: result[1])
        }
    }

    @Test("Exact numerics compute every product", arguments: cases)
    func exactConvolution(_ item: Case) {
        let g = item.geometry
        let inputs = [
            normals(g.batch * g.height * g.width * g.inputChannels, 0), normals(g.filterCount, 1),
        ]
        func result(_ backend: any Backend) -> [Float] {
            run(on: backend, inputs, [g.outputCount]) {
                $0.conv2d($1[0], filter: $1[1], bias: nil, g, into: $2[0])
            }[0]
        }
        expectClose(
            result(CPUBackend(threadCount: 2, numerics: .exact)), result(TestBackends.reference),
            Self.sums, "exact")
    }

    static let products: [[Int]] = [
        [1, 1, 1, 1], [3, 5, 7, 11], [2, 17, 33, 65], [1, 128, 10, 512], [2, 14, 48, 100],
        [1, 150, 200, 1100], [1, 300, 64, 30], [5, 1, 101, 129], [1, 4, 3, 0],
    ]

    @Test("Matrix product: batch, m, n, k", arguments: products)
    func product(_ size: [Int]) {
        let (batch, m, n, k) = (size[0], size[1], size[2], size[3])
        let inputs = [normals(batch * m * k, 0), normals(batch * n * k, 1), normals(n, 2)]
        for transposesA in [false, true] {
            for transposesB in [false, true] {
                let geometry = MatrixGeometry(
                    batch: batch, m: m, n: n, k: k, transposesA: transposesA,
                    transposesB: transposesB)
                compare(inputs, results: [batch * m * n, batch * m * n], Self.sums) {
                    backend, input, result in
                    backend.gemm(input[0], input[1], bias: nil, geometry, into: result[0])
                    backend.gemm(input[0], input[1], bias: input[2], geometry, into: result[1])
                }
            }
        }
    }

    /// What is left out above the diagonal is copied from below it.
    @Test(
        "Product with the own transpose: batch, n, k",
        arguments: [
            [1, 1, 3], [2, 33, 20], [1, 70, 300], [1, 200, 31], [3, 150, 64], [1, 520, 40],
        ])
    func symmetricProduct(_ size: [Int]) {
        let (batch, n, k) = (size[0], size[1], size[2])
        let input = normals(batch * n * k, 3)
        for isTall in [false, true] {
            let geometry = MatrixGeometry(
                batch: batch, m: n, n: n, k: k, transposesA: isTall, transposesB: !isTall,
                isSymmetric: true)
            compare([input], results: [batch * n * n], Self.sums) { backend, input, result in
                backend.gemm(input[0], input[0], bias: nil, geometry, into: result[0])
            }
        }
    }

    private func normals(_ count: Int, _ index: Int) -> [Float] {
        var random = RandomStream(seed: 33, purpose: .synthesis, index: index)
        return (0..<count).map { _ in random.normal() }
    }

    private func compare(
        _ inputs: [[Float]], results: [Int], _ tolerance: Tolerance,
        _ body: (any Backend, [DeviceMemory], [DeviceMemory]) -> Void
    ) {
        let expected = run(on: TestBackends.reference, inputs, results, body)
        let one = run(on: TestBackends.oneThread, inputs, results, body)
        for (index, pair) in zip(one, expected).enumerated() {
            expectClose(pair.0, pair.1, tolerance, "result \(index)")
        }
        for backend in TestBackends.manyThreads {
            for (index, pair) in zip(run(on: backend, inputs, results, body), one).enumerated() {
                expectIdentical(pair.0, pair.1, "result \(index) on \(backend.name)")
            }
        }
    }

    /// The results, whose memory holds NaN before, so that an element left out is seen.
    private func run(
        on backend: any Backend, _ inputs: [[Float]], _ results: [Int],
        _ body: (any Backend, [DeviceMemory], [DeviceMemory]) -> Void
    ) -> [[Float]] {
        let empty = results.map { [Float](repeating: .nan, count: $0) }
        let blocks = (inputs + empty).map { array in
            let block = backend.allocate(byteCount: array.count * 4)
            array.withUnsafeBytes { backend.upload($0, to: block) }
            return block
        }
        body(backend, Array(blocks.prefix(inputs.count)), Array(blocks.suffix(results.count)))
        defer { blocks.forEach { backend.release($0) } }
        return zip(blocks.suffix(results.count), results).map { block, count in
            var result = [Float](repeating: 0, count: count)
            result.withUnsafeMutableBytes { backend.download(block, to: $0) }
            return result
        }
    }
}
