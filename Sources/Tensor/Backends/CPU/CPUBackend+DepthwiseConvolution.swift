import Kernels

// Depthwise convolutions, by rows of pixels.
extension CPUBackend {
    func depthwiseForward(
        _ x: UnsafeMutablePointer<Float>, _ w: UnsafeMutablePointer<Float>,
        _ epilogue: residual_epilogue, _ geometry: Conv2dGeometry,
        into y: UnsafeMutablePointer<Float>
    ) {
        let (shape, epilogue) = (geometry.depthwise, epilogue)
        forEachRange(geometry.batch * geometry.outputHeight, geometry.rowsPerBlock) { rows in
            withUnsafePointer(to: shape) { shape in
                withUnsafePointer(to: epilogue) {
                    residual_depthwise_product(shape, x, w, $0, rows.lowerBound, rows.count, y)
                }
            }
        }
    }

    func depthwiseInputGradient(
        _ dy: UnsafeMutablePointer<Float>, _ w: UnsafeMutablePointer<Float>,
        _ geometry: Conv2dGeometry, into dx: UnsafeMutablePointer<Float>
    ) {
        let shape = geometry.depthwise
        forEachRange(geometry.batch * geometry.height, geometry.rowsPerBlock) { rows in
            withUnsafePointer(to: shape) {
                residual_depthwise_input_gradient($0, dy, w, rows.lowerBound, rows.count, dx)
            }
        }
    }

    /// Up to 64 slabs of rows with a gradient of their own, added in order.
    func depthwiseFilterGradient(
        _ dy: UnsafeMutablePointer<Float>, _ x: UnsafeMutablePointer<Float>,
        _ geometry: Conv2dGeometry, into dw: UnsafeMutablePointer<Float>
    ) {
        let shape = geometry.depthwise
        let rows = geometry.batch * geometry.outputHeight
        let slabs = max(1, min(64, rows / geometry.rowsPerBlock))
        let size = geometry.kernel.height * geometry.kernel.width * geometry.outputChannels
        withTemporary(floats: slabs * size) { parts in
            pool.parallelFor(slabs) { slab, _ in
                let first = rows * slab / slabs
                let count = rows * (slab + 1) / slabs - first
                withUnsafePointer(to: shape) {
                    residual_depthwise_filter_gradient(
                        $0, dy, x, first, count, parts + slab * size)
                }
            }
            sumParts(parts, partCount: slabs, count: size, into: dw)
        }
    }

    private func forEachRange(_ count: Int, _ length: Int, _ body: (Range<Int>) -> Void) {
        pool.parallelFor(ceilDivide(count, length)) { block, _ in
            body(block * length..<min(count, (block + 1) * length))
        }
    }
}

extension Conv2dGeometry {
    /// Rows of pixels that make about 100,000 multiply-adds.
    fileprivate var rowsPerBlock: Int {
        let taps = kernel.height * kernel.width
        return max(1, 100_000 / max(1, outputWidth * outputChannels * taps))
    }

    fileprivate var depthwise: residual_depthwise {
        residual_depthwise(
            height: height, width: width, channels: inputChannels, output_height: outputHeight,
            output_width: outputWidth, kernel_y: kernel.height, kernel_x: kernel.width,
            stride_y: stride.height, stride_x: stride.width, padding_y: padding.height,
            padding_x: padding.width, dilation_y: dilation.height, dilation_x: dilation.width)
    }
}
