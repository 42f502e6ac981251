import Tensor
import Testing

/// Numbers of 8 bits: every one of them, and every way of rounding to them.
@Suite struct BFloat16Tests {
    private static let backends: [any Backend] = [
        TestBackends.oneThread, TestBackends.manyThreads[1], TestBackends.reference,
    ]

    /// All numbers widen to what their bits say and round to themselves; NaN becomes quiet.
    @Test func everyNumber() {
        let numbers = (0...UInt16.max).map { Float(bitPattern: UInt32($0) << 16) }
        for backend in Self.backends {
            let rounded = bits(numbers, on: backend)
            for (number, bits) in zip(numbers, rounded) {
                let quiet: UInt32 = number.isNaN ? 0x40_0000 : 0
                guard bits != number.bitPattern | quiet else { continue }
                Issue.record("\(backend.name): \(number) becomes \(Float(bitPattern: bits))")
            }
        }
    }

    /// Around every number: just above it, just below, at and beside the middle to the next.
    @Test func everyInterval() {
        let offsets: [UInt32] = [1, 0x7FFF, 0x8000, 0x8001, 0xFFFF]
        let values = (0...UInt16.max).flatMap { upper in
            offsets.map { Float(bitPattern: UInt32(upper) << 16 | $0) }
        }
        let expected = values.map(nearest)
        for backend in Self.backends {
            for (value, pair) in zip(values, zip(bits(values, on: backend), expected))
            where pair.0 != pair.1 {
                let (got, wanted) = (Float(bitPattern: pair.0), Float(bitPattern: pair.1))
                Issue.record("\(backend.name): \(value) becomes \(got), not \(wanted)")
            }
        }
    }

    /// Any length, so that whole and partial vectors meet every border.
    @Test func everyLength() {
        var random = RandomStream(seed: 3, purpose: .synthesis)
        let values = (0..<131).map { _ in random.normal() }
        for backend in Self.backends {
            for count in 0...131 {
                let part = Array(values.prefix(count))
                #expect(bits(part, on: backend) == part.map(nearest))
            }
        }
    }

    @Test func theBasics() {
        let x = Tensor([1, 2.5, -3], shape: [3]).converted(to: .bfloat16)
        #expect(x.elementType == .bfloat16 && x.array() == [1, 2.5, -3])
        #expect(x.converted(to: .bfloat16).elementType == .bfloat16)
        #expect((x + x).elementType == .bfloat16 && (x + x).array() == [2, 5, -6])
        #expect((x * x).elementType == .float32)
        #expect(relu(x).elementType == .bfloat16 && sum(x).scalar() == 0.5)
        var y = x
        y.assign([1.01, 0, 7])
        #expect(y.elementType == .bfloat16 && y.array() == [1.0078125, 0, 7])
        #expect(x.array() == [1, 2.5, -3])
        #expect(Parameter(x, role: .vector).value.elementType == .float32)
    }

    /// Activations stay bfloat16 through a network, half the bytes; what follows them does not.
    @Test func whatKeepsTheType() {
        let x = Tensor.ones([2, 8, 8, 4]).converted(to: .bfloat16)
        let w = Tensor.ones([3, 3, 4, 4])
        let (scale, shift) = (Tensor.ones([4]), Tensor.zeros([4]))
        let kept = [
            conv2d(x, w, padding: 1), conv2d(x, Tensor.ones([3, 3, 1, 4]), groups: 4),
            batchNorm(x, scale: scale, shift: shift, residual: x, relu: true).output,
            batchNormInference(x, scale: scale, shift: shift, mean: shift, variance: scale),
            relu(x), gelu(x), x + x, x * 2, maxPool2d(x, kernel: 2), avgPool2d(x, kernel: 2),
            adaptiveAvgPool2d(x, outputSize: 3),
            pad(x, top: 1, bottom: 1, left: 1, right: 1), flatten(x),
            dropout(x, probability: 0.5, key: RandomKey(seed: 0, purpose: .dropout)),
            slice(x, rows: 0..<1), concatenate([x, x], axis: 0),
        ]
        for (index, tensor) in kept.enumerated() {
            #expect(tensor.elementType == .bfloat16, "result \(index)")
        }
        #expect(globalAveragePool(x).elementType == .float32)
        #expect(batchNorm(x, scale: scale, shift: shift).mean.elementType == .float32)
    }

    /// Gradients have the type of what they are the gradient of.
    @Test func typesOfGradients() throws {
        let (x, w) = (Tensor.ones([2, 6, 6, 3]), Tensor.ones([3, 3, 3, 5]))
        var watched: [Tensor] = []
        let (_, gradients) = valueWithGradients {
            watched = [x.watched(), w.watched()]
            watched.append(watched[0].converted(to: .bfloat16).watched())
            watched.append(conv2d(watched[2], watched[1]).watched())
            return sum(globalAveragePool(relu(watched[3])))
        }
        let types = try watched.map { try #require(gradients[$0]).elementType }
        #expect(types == [.float32, .float32, .bfloat16, .bfloat16])
    }

    /// A convolution is summed in Float: in bfloat16, 1 + 2⁻⁹ would stay 1 however often it is added.
    @Test func sumsAreFloat() {
        var values = [Float](repeating: 0x1p-9, count: 1 + 2048)
        values[0] = 1
        let x = Tensor(values, shape: [1, 1, 1, 2049]).converted(to: .bfloat16)
        let y = conv2d(x, .ones([1, 1, 2049, 3]))
        #expect(y.array() == [5, 5, 5])
    }

    @Test func halfTheMemory() {
        let backend = CPUBackend(threadCount: 1)
        withBackend(backend) {
            let x = Tensor.ones([4, 32, 32, 16])
            let before = backend.memoryStatistics.active
            let y = x.converted(to: .bfloat16)
            #expect(backend.memoryStatistics.active - before == 4 * 32 * 32 * 16 * 2)
            #expect(y.count == x.count)
        }
    }

    private func bits(_ values: [Float], on backend: any Backend) -> [UInt32] {
        withBackend(backend) {
            Tensor(values, shape: [values.count]).converted(to: .bfloat16).array()
                .map(\.bitPattern)
        }
    }

    /// The bits of the nearest number of 8 bits, found by comparing distances in Double.
    private func nearest(_ value: Float) -> UInt32 {
        let lower = value.bitPattern & 0xFFFF_0000
        if value.isNaN { return lower | 0x40_0000 }
        if value.isInfinite || lower == value.bitPattern { return lower }
        let upper = lower + 0x1_0000
        // Beyond the greatest number comes 2¹²⁸, which is written as infinity.
        func distance(_ bits: UInt32) -> Double {
            let end = Float(bitPattern: bits)
            let magnitude = end.isInfinite ? 0x1p128 : abs(Double(end))
            return abs(magnitude - abs(Double(value)))
        }
        let (down, up) = (distance(lower), distance(upper))
        if down != up { return down < up ? lower : upper }
        return lower & 0x1_0000 == 0 ? lower : upper
    }
}
