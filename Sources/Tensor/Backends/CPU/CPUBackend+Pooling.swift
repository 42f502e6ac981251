import Kernels

extension CPUBackend {
    /// y = the maximum of each window, and where it was.
    public func maxPool2d(
        _ x: DeviceMemory, _ geometry: Pool2dGeometry, into y: DeviceMemory, indices: DeviceMemory?
    ) {
        let g = geometry
        checkTypes("maxPool2d", x, y)
        let x = x.values
        let y = y.values
        let indices = indices?.integers
        let rowLength = g.outputWidth * g.channels
        let rowCount = g.batch * g.outputHeight
        let work = rowLength * g.kernel.height * g.kernel.width
        withUnsafePointer(to: g.windows) { windows in
            forEachBlock(ofRows: rowCount, rowLength: work) { rows, _ in
                for row in rows {
                    let image = row / g.outputHeight
                    residual_max_pool_row(
                        windows, x + image * g.height * g.width * g.channels,
                        row % g.outputHeight, y + row * rowLength,
                        indices.map { $0 + row * rowLength })
                }
            }
        }
    }

    /// dx from dy and the positions: each pixel collects from the windows over it.
    public func maxPool2dGradient(
        dy: DeviceMemory, indices: DeviceMemory, _ geometry: Pool2dGeometry, into dx: DeviceMemory
    ) {
        let g = geometry
        checkTypes("maxPool2dGradient", dy, dx)
        let dy = dy.values
        let dx = dx.values
        let indices = indices.integers
        let rowLength = g.width * g.channels
        let imageLength = g.outputHeight * g.outputWidth * g.channels
        withUnsafePointer(to: g.windows) { windows in
            forEachBlock(ofRows: g.batch * g.height, rowLength: 4 * rowLength) { rows, _ in
                for row in rows {
                    let image = row / g.height
                    residual_max_pool_gradient_row(
                        windows, dy + image * imageLength, indices + image * imageLength,
                        row % g.height, dx + row * rowLength)
                }
            }
        }
    }
}

extension Pool2dGeometry {
    fileprivate var windows: residual_windows {
        residual_windows(
            height: height, width: width, channels: channels, output_height: outputHeight,
            output_width: outputWidth, kernel_y: kernel.height, kernel_x: kernel.width,
            stride_y: stride.height, stride_x: stride.width, padding_y: padding.height,
            padding_x: padding.width, dilation_y: dilation.height, dilation_x: dilation.width)
    }
}
