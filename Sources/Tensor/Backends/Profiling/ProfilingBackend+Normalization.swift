extension ProfilingBackend {
    /// Batch norm by the batch's statistics.
    public func batchNormTraining(
        _ x: DeviceMemory, scale: DeviceMemory, shift: DeviceMemory, residual: DeviceMemory?,
        _ geometry: BatchNormGeometry, into y: DeviceMemory, mean: DeviceMemory,
        variance: DeviceMemory
    ) {
        measure(
            geometry.name(hasResidual: residual != nil), geometry.extent,
            bytes: geometry.bytes(residual == nil ? 2 : 3, x.elementType)
        ) {
            target.batchNormTraining(
                x, scale: scale, shift: shift, residual: residual, geometry, into: y, mean: mean,
                variance: variance)
        }
    }

    /// Batch norm by given statistics.
    public func batchNormInference(
        _ x: DeviceMemory, scale: DeviceMemory, shift: DeviceMemory, mean: DeviceMemory,
        variance: DeviceMemory, residual: DeviceMemory?, _ geometry: BatchNormGeometry,
        into y: DeviceMemory
    ) {
        measure(
            geometry.name(hasResidual: residual != nil), geometry.extent,
            bytes: geometry.bytes(residual == nil ? 2 : 3, x.elementType)
        ) {
            target.batchNormInference(
                x, scale: scale, shift: shift, mean: mean, variance: variance, residual: residual,
                geometry, into: y)
        }
    }

    /// Gradients of either.
    public func batchNormGradient(
        dy: DeviceMemory, x: DeviceMemory, y: DeviceMemory?, scale: DeviceMemory,
        shift: DeviceMemory, mean: DeviceMemory, variance: DeviceMemory,
        usesBatchStatistics: Bool,
        _ geometry: BatchNormGeometry, into dx: DeviceMemory?, dScale: DeviceMemory,
        dShift: DeviceMemory, dResidual: DeviceMemory?
    ) {
        let arrays = 2 + [y, dx, dResidual].count { $0 != nil }
        measure(
            geometry.gradientName(hasResidual: dResidual != nil), geometry.extent,
            bytes: geometry.bytes(arrays, dy.elementType)
        ) {
            target.batchNormGradient(
                dy: dy, x: x, y: y, scale: scale, shift: shift, mean: mean, variance: variance,
                usesBatchStatistics: usesBatchStatistics, geometry, into: dx, dScale: dScale,
                dShift: dShift, dResidual: dResidual)
        }
    }

    /// The maximum of each window.
    public func maxPool2d(
        _ x: DeviceMemory, _ geometry: Pool2dGeometry, into y: DeviceMemory, indices: DeviceMemory?
    ) {
        measure(
            "max pool", geometry.extent,
            bytes: geometry.bytes(x.elementType, hasPositions: indices != nil)
        ) {
            target.maxPool2d(x, geometry, into: y, indices: indices)
        }
    }

    /// Its gradient.
    public func maxPool2dGradient(
        dy: DeviceMemory, indices: DeviceMemory, _ geometry: Pool2dGeometry, into dx: DeviceMemory
    ) {
        measure(
            "max pool gradient", geometry.extent,
            bytes: geometry.bytes(dx.elementType, hasPositions: true)
        ) {
            target.maxPool2dGradient(dy: dy, indices: indices, geometry, into: dx)
        }
    }

    /// The mean of each window.
    public func avgPool2d(_ x: DeviceMemory, _ geometry: Pool2dGeometry, into y: DeviceMemory) {
        measure("average pool", geometry.extent, bytes: geometry.bytes(x.elementType)) {
            target.avgPool2d(x, geometry, into: y)
        }
    }

    /// Its gradient.
    public func avgPool2dGradient(
        dy: DeviceMemory, _ geometry: Pool2dGeometry, into dx: DeviceMemory
    ) {
        measure("average pool gradient", geometry.extent, bytes: geometry.bytes(dx.elementType)) {
            target.avgPool2dGradient(dy: dy, geometry, into: dx)
        }
    }

    /// The mean of each cell of a grid.
    public func adaptiveAvgPool2d(
        _ x: DeviceMemory, _ geometry: AdaptivePoolGeometry, into y: DeviceMemory
    ) {
        measure("adaptive average pool", geometry.extent, bytes: geometry.bytes(x.elementType)) {
            target.adaptiveAvgPool2d(x, geometry, into: y)
        }
    }

    /// Its gradient.
    public func adaptiveAvgPool2dGradient(
        dy: DeviceMemory, _ geometry: AdaptivePoolGeometry, into dx: DeviceMemory
    ) {
        measure(
            "adaptive average pool gradient", geometry.extent,
            bytes: geometry.bytes(dx.elementType)
        ) {
            target.adaptiveAvgPool2dGradient(dy: dy, geometry, into: dx)
        }
    }
}

extension BatchNormGeometry {
    fileprivate var extent: ProfiledOperation.Extent { .matrix(rows: rows, columns: channels) }

    fileprivate func bytes(_ arrays: Int, _ elementType: ElementType) -> Int {
        elementType.byteCount * arrays * rows * channels
    }

    /// What is fused with it changes what it costs, so it is another row.
    fileprivate func name(hasResidual: Bool) -> String {
        switch (hasResidual, relu) {
        case (false, false): "batch norm"
        case (false, true): "batch norm + relu"
        case (true, false): "batch norm + add"
        case (true, true): "batch norm + add + relu"
        }
    }

    fileprivate func gradientName(hasResidual: Bool) -> String {
        switch (hasResidual, relu) {
        case (false, false): "batch norm gradient"
        case (false, true): "batch norm + relu gradient"
        case (true, false): "batch norm + add gradient"
        case (true, true): "batch norm + add + relu gradient"
        }
    }
}

extension Pool2dGeometry {
    fileprivate var extent: ProfiledOperation.Extent {
        .images(batch: batch, height: height, width: width, channels: channels)
    }

    fileprivate func bytes(_ elementType: ElementType, hasPositions: Bool = false) -> Int {
        let outputs = batch * channels * outputHeight * outputWidth
        let values = batch * channels * height * width + outputs
        return elementType.byteCount * values + (hasPositions ? 4 * outputs : 0)
    }
}

extension AdaptivePoolGeometry {
    fileprivate var extent: ProfiledOperation.Extent {
        .images(batch: batch, height: height, width: width, channels: channels)
    }
    fileprivate func bytes(_ elementType: ElementType) -> Int {
        elementType.byteCount * batch * channels * (height * width + outputHeight * outputWidth)
    }
}
