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
            multiplyAdds: geometry.batch * k * (geometry.isSymmetric ? m * (m + 1) / 2 : m * n)
        ) {
            target.gemm(a, b, bias: bias, geometry, into: c)
        }
    }

    /// y = x ∗ w (+ bias).
    public func conv2d(
        _ x: DeviceMemory, filter w: DeviceMemory, bias: DeviceMemory?, _ geometry: Conv2dGeometry,
        into y: DeviceMemory
    ) {
        measureConvolution("conv2d", .forward, geometry, bytes: geometry.bytes(x.elementType)) {
            target.conv2d(x, filter: w, bias: bias, geometry, into: y)
        }
    }

    /// The bytes of a prepared filter.
    public func preparedFilterByteCount(_ geometry: Conv2dGeometry) -> Int {
        target.preparedFilterByteCount(geometry)
    }

    /// Brings a filter into the form in which convolutions read it.
    public func prepareFilter(
        _ w: DeviceMemory, _ geometry: Conv2dGeometry, into prepared: DeviceMemory
    ) {
        measure(
            "prepare filter", .elements(geometry.filterCount),
            bytes: 4 * geometry.filterCount + prepared.byteCount
        ) {
            target.prepareFilter(w, geometry, into: prepared)
        }
    }

    /// y = x ∗ w (+ bias) (+ residual), cut at 0 if `relu`, with a prepared filter.
    public func conv2d(
        _ x: DeviceMemory, prepared: DeviceMemory, bias: DeviceMemory?, residual: DeviceMemory?,
        relu: Bool, _ geometry: Conv2dGeometry, into y: DeviceMemory
    ) {
        let name =
            switch (residual != nil, relu) {
            case (false, false): "conv2d"
            case (false, true): "conv2d + relu"
            case (true, false): "conv2d + add"
            case (true, true): "conv2d + add + relu"
            }
        let residualBytes = residual == nil ? 0 : x.elementType.byteCount * geometry.outputCount
        measureConvolution(
            name, .forward, geometry, bytes: geometry.bytes(x.elementType) + residualBytes
        ) {
            target.conv2d(
                x, prepared: prepared, bias: bias, residual: residual, relu: relu, geometry,
                into: y)
        }
    }

    /// dx from dy.
    public func conv2dInputGradient(
        dy: DeviceMemory, filter w: DeviceMemory, _ geometry: Conv2dGeometry, into dx: DeviceMemory
    ) {
        measureConvolution(
            "conv2d input gradient", .inputGradient, geometry,
            bytes: geometry.bytes(dy.elementType)
        ) {
            target.conv2dInputGradient(dy: dy, filter: w, geometry, into: dx)
        }
    }

    /// dw from dy and x.
    public func conv2dFilterGradient(
        dy: DeviceMemory, _ x: DeviceMemory, _ geometry: Conv2dGeometry, into dw: DeviceMemory
    ) {
        measureConvolution(
            "conv2d filter gradient", .filterGradient, geometry,
            bytes: geometry.bytes(dy.elementType)
        ) {
            target.conv2dFilterGradient(dy: dy, x, geometry, into: dw)
        }
    }

    private func measureConvolution(
        _ name: String, _ pass: ConvolutionPass, _ geometry: Conv2dGeometry, bytes: Int,
        _ body: () -> Void
    ) {
        measure(
            name, .convolution(geometry, pass), bytes: bytes, multiplyAdds: geometry.multiplyAdds,
            body)
    }
}

extension Conv2dGeometry {
    /// Images, filters and results, each once. The bias is too small to count.
    fileprivate func bytes(_ elementType: ElementType) -> Int {
        elementType.byteCount * (inputCount + outputCount) + 4 * filterCount
    }
}
