import Kernels

extension CPUBackend {
    /// y = x in the type of y.
    public func convert(_ x: DeviceMemory, count: Int, into y: DeviceMemory) {
        switch (x.elementType, y.elementType) {
        case (.bfloat16, .float32): widen(x, count: count, into: y.floats)
        case (.float32, .bfloat16): narrow(x.floats, count: count, into: y)
        case (.float32, .float32), (.bfloat16, .bfloat16): copy(x, into: y)
        }
    }

    /// Gives `body` the elements as Float: those of the block itself, or widened copies.
    func withFloats<Result>(
        of memory: DeviceMemory, count: Int, _ body: (UnsafeMutablePointer<Float>) -> Result
    ) -> Result {
        if memory.elementType == .float32 { return body(memory.floats) }
        return withTemporary(floats: count) { floats in
            widen(memory, count: count, into: floats)
            return body(floats)
        }
    }

    /// The same for results: what `body` writes ends up in the block, rounded to its type.
    func withFloats(
        into memory: DeviceMemory, count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void
    ) {
        if memory.elementType == .float32 { return body(memory.floats) }
        withTemporary(floats: count) { floats in
            body(floats)
            narrow(floats, count: count, into: memory)
        }
    }

    private func widen(_ x: DeviceMemory, count: Int, into y: UnsafeMutablePointer<Float>) {
        let x = x.raw.assumingMemoryBound(to: residual_bfloat16.self)
        forEachBlock(of: count) { block, _ in
            residual_widen(x + block.lowerBound, block.count, y + block.lowerBound)
        }
    }

    private func narrow(_ x: UnsafeMutablePointer<Float>, count: Int, into y: DeviceMemory) {
        let y = y.raw.assumingMemoryBound(to: residual_bfloat16.self)
        forEachBlock(of: count) { block, _ in
            residual_narrow(x + block.lowerBound, block.count, y + block.lowerBound)
        }
    }
}
