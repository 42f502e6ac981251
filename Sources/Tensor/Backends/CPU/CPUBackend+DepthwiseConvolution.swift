import Kernels

// Depthwise convolutions, by rows of pixels, in Float32: bfloat16 is widened before and rounded after.
extension CPUBackend {
    func depthwiseForward(
        _ x: DeviceMemory, _ w: UnsafeMutablePointer<Float>, bias: DeviceMemory?,
        _ residual: DeviceMemory?, relu: Bool, _ geometry: Conv2dGeometry, into y: DeviceMemory
    ) {
        let shape = geometry.depthwise
        func run(
            _ x: UnsafeMutablePointer<Float>, _ residual: residual_values,
            _ y: UnsafeMutablePointer<Float>
        ) {
            let epilogue = residual_epilogue(
                bias: bias?.floats, residual: residual, relu: relu, streams: false)
            forEachRange(geometry.batch * geometry.outputHeight, geometry.rowsPerBlock) { rows in
                withUnsafePointer(to: shape) { shape in
                    withUnsafePointer(to: epilogue) {
                        residual_depthwise_product(shape, x, w, $0, rows.lowerBound, rows.count, y)
                    }
                }
            }
        }
        withFloats(of: x, count: geometry.inputCount) { x in
            withFloats(into: y, count: geometry.outputCount) { y in
                guard let residual else { return run(x, .none, y) }
                withFloats(of: residual, count: geometry.outputCount) {
                    run(x, residual_values($0), y)
                }
            }
        }
    }

    func depthwiseInputGradient(
        _ dy: DeviceMemory, _ w: UnsafeMutablePointer<Float>, _ geometry: Conv2dGeometry,
        into dx: DeviceMemory
    ) {
        let shape = geometry.depthwise
        withFloats(of: dy, count: geometry.outputCount) { dy in
            withFloats(into: dx, count: geometry.inputCount) { dx in
                forEachRange(geometry.batch * geometry.height, geometry.rowsPerBlock) { rows in
                    withUnsafePointer(to: shape) {
                        residual_depthwise_input_gradient(
                            $0, dy, w, rows.lowerBound, rows.count, dx)
                    }
                }
            }
        }
    }

    func depthwiseFilterGradient(
        _ dy: DeviceMemory, _ x: DeviceMemory, _ geometry: Conv2dGeometry,
        into dw: UnsafeMutablePointer<Float>
    ) {
        withFloats(of: dy, count: geometry.outputCount) { dy in
            withFloats(of: x, count: geometry.inputCount) { x in
                depthwiseFilterGradient(dy, x, geometry, into: dw)
            }
        }
    }

    /// Up to 64 slabs of rows with a gradient of their own, added in order.
    private func depthwiseFilterGradient(
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
