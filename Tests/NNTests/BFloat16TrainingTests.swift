import NN
import Tensor
import Testing

/// Models trained with activations in bfloat16.
@Suite struct BFloat16TrainingTests {
    /// What some steps leave behind, and the most memory that they had at once.
    private struct Training {
        var losses: [Float] = []
        var state: [String: [UInt8]] = [:]
        var peak = 0
        /// What the last step asked the system for.
        var misses = 0

        init(
            _ name: String, _ type: ElementType, threads: Int = 2, batch: Int = 3, side: Int = 32,
            steps: Int = 3, rate: Float = 0.1, recomputing recomputed: Set<String> = []
        ) throws {
            let backend = CPUBackend(threadCount: threads)
            try withBackend(backend) {
                let model = try ModelRegistry.make(name, classCount: 4, seed: 3)
                let optimizer = SGD(
                    ParameterGroup.standard(model.namedParameters, weightDecay: 1e-3),
                    momentum: 0.9, nesterov: true)
                let parameters = model.parameters
                let labels = (0..<batch).map { Int32($0 % 4) }
                for step in 0..<steps {
                    let before = backend.memoryStatistics.misses
                    let images = patterns(labels, side: side, step: step).converted(to: type)
                    let (loss, gradients) = valueWithGradients(of: parameters) {
                        crossEntropy(
                            model(
                                images, .training(Randomness(seed: 1, step: step)),
                                recomputing: recomputed),
                            labels: labels)
                    }
                    optimizer.step(gradients, learningRate: rate)
                    losses.append(loss.scalar())
                    misses = backend.memoryStatistics.misses - before
                }
                peak = backend.memoryStatistics.peak
                for (key, entry) in model.stateDict() { state[key] = try entry.bytes() }
            }
        }
    }

    /// `ThreadIndependenceTests` have the single step of every model.
    @Test(
        "Threads and recomputing change no bit of several steps",
        arguments: ["cifar10-cnn", "airbench94", "resnet18"])
    func sameBits(_ name: String) throws {
        let one = try Training(name, .bfloat16, threads: 1)
        #expect(Set(one.losses).count == 3 && one.losses.allSatisfy(\.isFinite))
        #expect(try one.losses != Training(name, .float32, steps: 3).losses)
        let other = try Training(name, .bfloat16, threads: 3)
        #expect(other.losses == one.losses && other.state == one.state)
        let again = try Training(
            name, .bfloat16, recomputing: Set(try ModelRegistry.outline(of: name).stageNames))
        #expect(again.losses == one.losses && again.state == one.state)
    }

    /// The state that is saved is the same in kind: names, shapes and Float.
    @Test func theStateIsFloat() throws {
        let (half, whole) = (
            try Training("resnet20", .bfloat16), try Training("resnet20", .float32)
        )
        #expect(half.state.mapValues(\.count) == whole.state.mapValues(\.count))
    }

    /// Activations dominate at this size.
    @Test(arguments: ["cifar10-cnn", "resnet20"])
    func memoryIsAboutHalf(_ name: String) throws {
        let half = try Training(name, .bfloat16, batch: 64)
        let whole = try Training(name, .float32, batch: 64)
        let share = Double(half.peak) / Double(whole.peak)
        #expect((0.4...0.62).contains(share), "\(share)")
        #expect(half.misses == 0)
    }

    /// Where training leads does not depend on the type: losses fall together.
    @Test func lossesFallAsInFloat() throws {
        let (half, whole) = (
            try Training("resnet20", .bfloat16, batch: 16, side: 16, steps: 40, rate: 0.05),
            try Training("resnet20", .float32, batch: 16, side: 16, steps: 40, rate: 0.05)
        )
        func mean(_ losses: ArraySlice<Float>) -> Float {
            losses.reduce(0, +) / Float(losses.count)
        }
        #expect(abs(half.losses[0] - whole.losses[0]) < 0.01 * whole.losses[0])
        let (start, end) = (mean(whole.losses.prefix(5)), mean(whole.losses.suffix(5)))
        #expect(end < 0.3 * start)
        #expect(abs(mean(half.losses.suffix(5)) - end) < 0.1 * start)
    }
}

/// Noisy stripes whose direction is the class.
private func patterns(_ labels: [Int32], side: Int, step: Int) -> Tensor {
    var random = RandomStream(seed: 11, purpose: .synthesis, index: step)
    var pixels: [Float] = []
    for label in labels {
        let phase = random.integer(below: 4)
        for y in 0..<side {
            for x in 0..<side {
                let place = [x, y, x + y, x - y + side][Int(label)] + phase
                for _ in 0..<3 { pixels.append((place % 4 < 2 ? 1 : -1) + random.normal()) }
            }
        }
    }
    return Tensor(pixels, shape: [labels.count, side, side, 3])
}
