import Kernels

extension CPUBackend {
    /// y = x ∗ w (+ bias).
    public func conv2d(
        _ x: DeviceMemory, filter w: DeviceMemory, bias: DeviceMemory?, _ geometry: Conv2dGeometry,
        into y: DeviceMemory
    ) {
        let plan = ConvolutionPlan(geometry, numerics)
        withTemporary(floats: plan.preparedCount) { prepared in
            prepare(w.floats, plan, into: prepared)
            run(plan, x, prepared, bias: bias, residual: nil, relu: false, into: y)
        }
    }

    /// The bytes of a prepared filter.
    public func preparedFilterByteCount(_ geometry: Conv2dGeometry) -> Int {
        ConvolutionPlan(geometry, numerics).preparedCount * 4
    }

    /// Transforms or packs a filter, as the algorithm of this geometry reads it.
    public func prepareFilter(
        _ w: DeviceMemory, _ geometry: Conv2dGeometry, into prepared: DeviceMemory
    ) {
        prepare(w.floats, ConvolutionPlan(geometry, numerics), into: prepared.floats)
    }

    /// y = x ∗ w (+ bias) (+ residual), cut at 0 if `relu`, with a prepared filter.
    public func conv2d(
        _ x: DeviceMemory, prepared: DeviceMemory, bias: DeviceMemory?, residual: DeviceMemory?,
        relu: Bool, _ geometry: Conv2dGeometry, into y: DeviceMemory
    ) {
        run(
            ConvolutionPlan(geometry, numerics), x, prepared.floats, bias: bias,
            residual: residual, relu: relu, into: y)
    }

    /// Whether results of so many elements should not go through the caches: they are read again only
    /// after all have been written. 16 of bfloat16 are half a line of them, which would be slower.
    func streams(_ count: Int, to y: DeviceMemory) -> Bool {
        y.elementType == .float32 && count * 4 >= 8 << 20 && y.address % 64 == 0
    }

    private func prepare(
        _ w: UnsafeMutablePointer<Float>, _ plan: ConvolutionPlan,
        into prepared: UnsafeMutablePointer<Float>
    ) {
        switch plan {
        case .winograd(let shape, _): prepareWinograd(w, shape, isRotated: false, into: prepared)
        case .depthwise(let geometry): prepared.update(from: w, count: geometry.filterCount)
        case .gathered(let gather, let geometry):
            packFilter(w, gather, geometry, into: prepared)
        }
    }

    private func run(
        _ plan: ConvolutionPlan, _ x: DeviceMemory, _ prepared: UnsafeMutablePointer<Float>,
        bias: DeviceMemory?, residual: DeviceMemory?, relu: Bool, into y: DeviceMemory
    ) {
        checkTypes("conv2d", x, y, residual)
        var epilogue = residual_epilogue(
            bias: bias?.floats, residual: residual.values, relu: relu, streams: false)
        switch plan {
        case .winograd(let shape, let batch):
            epilogue.streams = streams(batch * shape.destinationCount, to: y)
            winograd(x.values, prepared, epilogue, shape, batch: batch, into: y.values)
        case .depthwise(let geometry):
            depthwiseForward(x, prepared, bias: bias, residual, relu: relu, geometry, into: y)
        case .gathered(let gather, let geometry):
            epilogue.streams =
                gather.columns % 16 == 0 && streams(gather.rows * geometry.outputChannels, to: y)
            multiply(
                gather, groups: geometry.groups, x.values, prepared,
                groupSize: gather.panels * gather.panelSize, epilogue, into: y.values)
        }
    }

    /// dx from dy.
    public func conv2dInputGradient(
        dy: DeviceMemory, filter w: DeviceMemory, _ geometry: Conv2dGeometry, into dx: DeviceMemory
    ) {
        checkTypes("conv2dInputGradient", dy, dx)
        let streams = streams(geometry.inputCount, to: dx)
        let w = w.floats
        switch geometry.algorithm(numerics) {
        case .winograd:
            winogradInputGradient(dy.values, w, geometry, streams: streams, into: dx.values)
        case .depthwise: depthwiseInputGradient(dy, w, geometry, into: dx)
        case .gathered:
            gatheredInputGradient(dy.values, w, geometry, streams: streams, into: dx.values)
        }
    }

    /// dw from dy and x.
    public func conv2dFilterGradient(
        dy: DeviceMemory, _ x: DeviceMemory, _ geometry: Conv2dGeometry, into dw: DeviceMemory
    ) {
        checkTypes("conv2dFilterGradient", dy, x)
        let dw = dw.floats
        switch geometry.algorithm(numerics) {
        case .winograd: winogradFilterGradient(dy.values, x.values, geometry, into: dw)
        case .depthwise: depthwiseFilterGradient(dy, x, geometry, into: dw)
        case .gathered: gatheredFilterGradient(dy.values, x.values, geometry, into: dw)
        }
    }

    /// y = Σ of `partCount` arrays that lie one after another, added in order.
    func sumParts(
        _ parts: UnsafeMutablePointer<Float>, partCount: Int, count: Int,
        into y: UnsafeMutablePointer<Float>
    ) {
        let length = 1 << 14
        pool.parallelFor(ceilDivide(count, length)) { block, _ in
            let first = block * length
            residual_sum_parts(
                parts + first, partCount, count, min(length, count - first), y + first)
        }
    }
}

/// A forward convolution with everything that its algorithm needs to know.
private enum ConvolutionPlan {
    case winograd(residual_winograd, batch: Int)
    case depthwise(Conv2dGeometry)
    case gathered(GatherPlan, Conv2dGeometry)

    init(_ geometry: Conv2dGeometry, _ numerics: Numerics) {
        switch geometry.algorithm(numerics) {
        case .winograd: self = .winograd(geometry.winograd, batch: geometry.batch)
        case .depthwise: self = .depthwise(geometry)
        case .gathered: self = .gathered(GatherPlan(forward: geometry), geometry)
        }
    }

    /// Floats of a prepared filter.
    var preparedCount: Int {
        switch self {
        case .winograd(let shape, _): shape.filterCount
        case .depthwise(let geometry): geometry.filterCount
        case .gathered(let gather, let geometry):
            geometry.groups * gather.panels * gather.panelSize
        }
    }
}
