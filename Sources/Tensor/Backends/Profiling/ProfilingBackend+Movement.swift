extension ProfilingBackend {
    /// y = scale · Σ x.
    public func reduceSum(
        _ x: DeviceMemory, _ geometry: ReductionGeometry, scale: Float, into y: DeviceMemory
    ) {
        measure("sum", .elements(geometry.count), bytes: geometry.bytes) {
            target.reduceSum(x, geometry, scale: scale, into: y)
        }
    }

    /// y = max x.
    public func reduceMax(
        _ x: DeviceMemory, _ geometry: ReductionGeometry, into y: DeviceMemory
    ) {
        measure("max", .elements(geometry.count), bytes: geometry.bytes) {
            target.reduceMax(x, geometry, into: y)
        }
    }

    /// dx = dy where x equals the maximum.
    public func reduceMaxGradient(
        x: DeviceMemory, y: DeviceMemory, dy: DeviceMemory, _ geometry: ReductionGeometry,
        into dx: DeviceMemory
    ) {
        measure("max gradient", .elements(geometry.count), bytes: 2 * geometry.bytes) {
            target.reduceMaxGradient(x: x, y: y, dy: dy, geometry, into: dx)
        }
    }

    /// y = scale · x repeated.
    public func expand(
        _ x: DeviceMemory, _ geometry: ReductionGeometry, scale: Float, into y: DeviceMemory
    ) {
        measure("expand", .elements(geometry.count), bytes: geometry.bytes) {
            target.expand(x, geometry, scale: scale, into: y)
        }
    }

    /// Positions of maxima.
    public func argmax(
        _ x: DeviceMemory, outer: Int, count: Int, inner: Int, into indices: DeviceMemory
    ) {
        let elements = outer * count * inner
        measure("argmax", .elements(elements), bytes: 4 * (elements + outer * inner)) {
            target.argmax(x, outer: outer, count: count, inner: inner, into: indices)
        }
    }

    /// y = x with its axes in a new order.
    public func permute(_ x: DeviceMemory, dimensions: [Int], axes: [Int], into y: DeviceMemory) {
        let count = dimensions.reduce(1, *)
        measure("permute", .elements(count), bytes: 8 * count) {
            target.permute(x, dimensions: dimensions, axes: axes, into: y)
        }
    }

    /// Copies runs of elements.
    public func copyBlocks(
        _ x: DeviceMemory, _ geometry: BlockCopyGeometry, into y: DeviceMemory
    ) {
        let count = geometry.blockCount * geometry.blockLength
        measure("copy blocks", .elements(count), bytes: 2 * count * y.elementType.byteCount) {
            target.copyBlocks(x, geometry, into: y)
        }
    }

    /// Row i of y = row `indices[i]` of x.
    public func gatherRows(
        _ x: DeviceMemory, indices: DeviceMemory, indexCount: Int, rowLength: Int,
        into y: DeviceMemory
    ) {
        let bytes = 8 * indexCount * rowLength + 4 * indexCount
        measure("gather rows", .matrix(rows: indexCount, columns: rowLength), bytes: bytes) {
            target.gatherRows(
                x, indices: indices, indexCount: indexCount, rowLength: rowLength, into: y)
        }
    }

    /// dx = 0, then row `indices[i]` of dx += row i of dy.
    public func gatherRowsGradient(
        dy: DeviceMemory, indices: DeviceMemory, indexCount: Int, rowLength: Int, rowCount: Int,
        into dx: DeviceMemory
    ) {
        let bytes = 4 * (indexCount + rowCount) * rowLength + 4 * indexCount
        measure(
            "gather rows gradient", .matrix(rows: indexCount, columns: rowLength), bytes: bytes
        ) {
            target.gatherRowsGradient(
                dy: dy, indices: indices, indexCount: indexCount, rowLength: rowLength,
                rowCount: rowCount, into: dx)
        }
    }

    /// y = x with a border.
    public func pad(_ x: DeviceMemory, _ geometry: PadGeometry, into y: DeviceMemory) {
        measure("pad", geometry.extent, bytes: geometry.bytes(x.elementType)) {
            target.pad(x, geometry, into: y)
        }
    }

    /// The transpose of `pad`.
    public func padGradient(dy: DeviceMemory, _ geometry: PadGeometry, into dx: DeviceMemory) {
        measure("pad gradient", geometry.extent, bytes: geometry.bytes(dx.elementType)) {
            target.padGradient(dy: dy, geometry, into: dx)
        }
    }

    /// y = x resampled.
    public func interpolate(
        _ x: DeviceMemory, _ geometry: InterpolationGeometry, into y: DeviceMemory
    ) {
        measure("interpolate", geometry.extent, bytes: geometry.bytes) {
            target.interpolate(x, geometry, into: y)
        }
    }

    /// The transpose of `interpolate`.
    public func interpolateGradient(
        dy: DeviceMemory, _ geometry: InterpolationGeometry, into dx: DeviceMemory
    ) {
        measure("interpolate gradient", geometry.extent, bytes: geometry.bytes) {
            target.interpolateGradient(dy: dy, geometry, into: dx)
        }
    }
}

extension ReductionGeometry {
    fileprivate var bytes: Int { 4 * (count + resultCount) }
}

extension PadGeometry {
    fileprivate var extent: ProfiledOperation.Extent {
        .images(batch: batch, height: height, width: width, channels: channels)
    }
    fileprivate func bytes(_ elementType: ElementType) -> Int {
        elementType.byteCount * batch * channels * (height * width + outputHeight * outputWidth)
    }
}

extension InterpolationGeometry {
    fileprivate var extent: ProfiledOperation.Extent {
        .images(batch: batch, height: height, width: width, channels: channels)
    }
    fileprivate var bytes: Int {
        4 * batch * channels * (height * width + outputHeight * outputWidth)
    }
}
