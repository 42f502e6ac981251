extension ProfilingBackend {
    /// C = op(A) · op(B) (+ bias).
    public func gemm(
        _ a: DeviceMemory, _ b: DeviceMemory, bias: DeviceMemory?, _ geometry: MatrixGeometry,
        into c: DeviceMemory
    ) {
        let (m, n, k) = (geometry.m, geometry.n, geometry.k)
        let elements = geometry.batch * (m * k + k * n + m * n) + (bias == nil ? 0 : n)
        measure(
            "matrix product", .product(geometry), bytes: 4 * elements,
            multiplyAdds: geometry.batch * m * n * k
        ) {
            target.gemm(a, b, bias: bias, geometry, into: c)
        }
    }

    /// y = x ∗ w (+ bias).
    public func conv2d(
        _ x: DeviceMemory, filter w: DeviceMemory, bias: DeviceMemory?, _ geometry: Conv2dGeometry,
        into y: DeviceMemory
    ) {
        measureConvolution(.forward, geometry) {
            target.conv2d(x, filter: w, bias: bias, geometry, into: y)
        }
    }

    /// dx from dy.
    public func conv2dInputGradient(
        dy: DeviceMemory, filter w: DeviceMemory, _ geometry: Conv2dGeometry, into dx: DeviceMemory
    ) {
        measureConvolution(.inputGradient, geometry) {
            target.conv2dInputGradient(dy: dy, filter: w, geometry, into: dx)
        }
    }

    /// dw from dy and x.
    public func conv2dFilterGradient(
        dy: DeviceMemory, _ x: DeviceMemory, _ geometry: Conv2dGeometry, into dw: DeviceMemory
    ) {
        measureConvolution(.filterGradient, geometry) {
            target.conv2dFilterGradient(dy: dy, x, geometry, into: dw)
        }
    }

    private func measureConvolution(
        _ pass: ConvolutionPass, _ geometry: Conv2dGeometry, _ body: () -> Void
    ) {
        measure(
            pass.operationName, .convolution(geometry, pass), bytes: geometry.bytes,
            multiplyAdds: geometry.multiplyAdds, body)
    }
}

extension ConvolutionPass {
    /// The name of a row.
    fileprivate var operationName: String {
        switch self {
        case .forward: "conv2d"
        case .inputGradient: "conv2d input gradient"
        case .filterGradient: "conv2d filter gradient"
        }
    }
}

extension Conv2dGeometry {
    /// Images, filters and results, each once. The bias is too small to count.
    fileprivate var bytes: Int {
        let images = height * width * inputChannels + outputHeight * outputWidth * outputChannels
        let filters = kernel.height * kernel.width * inputChannels / groups * outputChannels
        return 4 * (batch * images + filters)
    }
}
