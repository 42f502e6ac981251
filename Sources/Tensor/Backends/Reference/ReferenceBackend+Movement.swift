extension ReferenceBackend {
    /// Axis a of y is axis `axes[a]` of x.
    public func permute(
        _ x: DeviceMemory, dimensions: [Int], axes: [Int], into y: DeviceMemory
    ) {
        let x = floats(x)
        let y = floats(y)
        let strides = Shape(dimensions).strides
        forEachIndex(axes.map { dimensions[$0] }) { offset, index in
            y[offset] = x[dot(index, axes.map { strides[$0] })]
        }
    }

    /// Copies runs of elements.
    public func copyBlocks(_ x: DeviceMemory, _ geometry: BlockCopyGeometry, into y: DeviceMemory) {
        let x = floats(x)
        let y = floats(y)
        for block in 0..<geometry.blockCount {
            let source = geometry.sourceOffset + block * geometry.sourceStride
            let destination = geometry.destinationOffset + block * geometry.destinationStride
            for i in 0..<geometry.blockLength { y[destination + i] = x[source + i] }
        }
    }

    /// Row i of y = row `indices[i]` of x.
    public func gatherRows(
        _ x: DeviceMemory, indices: DeviceMemory, indexCount: Int, rowLength: Int,
        into y: DeviceMemory
    ) {
        let x = floats(x)
        let y = floats(y)
        let indices = integers(indices)
        for row in 0..<indexCount {
            for i in 0..<rowLength {
                y[row * rowLength + i] = x[Int(indices[row]) * rowLength + i]
            }
        }
    }

    /// Row `indices[i]` of dx += row i of dy.
    public func gatherRowsGradient(
        dy: DeviceMemory, indices: DeviceMemory, indexCount: Int, rowLength: Int, rowCount: Int,
        into dx: DeviceMemory
    ) {
        let dy = floats(dy)
        let dx = floats(dx)
        let indices = integers(indices)
        var sums = [Double](repeating: 0, count: rowCount * rowLength)
        for row in 0..<indexCount {
            for i in 0..<rowLength {
                sums[Int(indices[row]) * rowLength + i] += Double(dy[row * rowLength + i])
            }
        }
        write(sums, to: dx)
    }

    /// y = x with a border.
    public func pad(_ x: DeviceMemory, _ geometry: PadGeometry, into y: DeviceMemory) {
        let x = floats(x)
        let y = floats(y)
        forEachPadded(geometry) { inside, outside in y[outside] = inside.map { x[$0] } ?? 0 }
    }

    /// The transpose of `pad`.
    public func padGradient(dy: DeviceMemory, _ geometry: PadGeometry, into dx: DeviceMemory) {
        let dy = floats(dy)
        let count = geometry.batch * geometry.height * geometry.width * geometry.channels
        var sums = [Double](repeating: 0, count: count)
        forEachPadded(geometry) { inside, outside in
            if let inside { sums[inside] += Double(dy[outside]) }
        }
        write(sums, to: floats(dx))
    }

    /// Calls `body` for every element of the padded images with where its value comes from, if it
    /// comes from the image.
    private func forEachPadded(
        _ g: PadGeometry, _ body: (_ inside: Int?, _ outside: Int) -> Void
    ) {
        forEachIndex([g.batch, g.outputHeight, g.outputWidth, g.channels]) { outside, index in
            let h = source(index[1] - g.top, extent: g.height, g.mode)
            let w = source(index[2] - g.left, extent: g.width, g.mode)
            guard let h, let w else { return body(nil, outside) }
            body(((index[0] * g.height + h) * g.width + w) * g.channels + index[3], outside)
        }
    }

    private func source(_ position: Int, extent: Int, _ mode: PadMode) -> Int? {
        switch mode {
        case .zero: return (0..<extent).contains(position) ? position : nil
        case .reflect:
            if position < 0 { return -position }
            return position < extent ? position : 2 * (extent - 1) - position
        }
    }

    /// Rounds sums to the elements of a block.
    func write(_ sums: [Double], to memory: CheckedFloats) {
        for (i, sum) in sums.enumerated() { memory[i] = Float(sum) }
    }
}
