import Kernels

extension CPUBackend {
    /// y = x ∗ w (+ bias).
    public func conv2d(
        _ x: DeviceMemory, filter w: DeviceMemory, bias: DeviceMemory?, _ geometry: Conv2dGeometry,
        into y: DeviceMemory
    ) {
        let (x, w, y, bias) = (x.floats, w.floats, y.floats, bias?.floats)
        switch geometry.algorithm {
        case .winograd: winogradForward(x, w, bias, geometry, into: y)
        case .depthwise: depthwiseForward(x, w, bias, geometry, into: y)
        case .gathered: gatheredForward(x, w, bias, geometry, into: y)
        }
    }

    /// dx from dy.
    public func conv2dInputGradient(
        dy: DeviceMemory, filter w: DeviceMemory, _ geometry: Conv2dGeometry, into dx: DeviceMemory
    ) {
        let (dy, w, dx) = (dy.floats, w.floats, dx.floats)
        switch geometry.algorithm {
        case .winograd: winogradInputGradient(dy, w, geometry, into: dx)
        case .depthwise: depthwiseInputGradient(dy, w, geometry, into: dx)
        case .gathered: gatheredInputGradient(dy, w, geometry, into: dx)
        }
    }

    /// dw from dy and x.
    public func conv2dFilterGradient(
        dy: DeviceMemory, _ x: DeviceMemory, _ geometry: Conv2dGeometry, into dw: DeviceMemory
    ) {
        let (dy, x, dw) = (dy.floats, x.floats, dw.floats)
        switch geometry.algorithm {
        case .winograd: winogradFilterGradient(dy, x, geometry, into: dw)
        case .depthwise: depthwiseFilterGradient(dy, x, geometry, into: dw)
        case .gathered: gatheredFilterGradient(dy, x, geometry, into: dw)
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
