import NN
import Tensor
import Testing

/// Models whose stages are computed again in the backward pass: less memory, the same training.
@Suite struct RecomputationTests {
    /// What three steps leave behind, and the most memory that they had at once.
    private struct Training {
        var losses: [Float] = []
        var state: [String: [UInt8]] = [:]
        var momentum: [String: [Float]] = [:]
        var peak = 0
        /// What the third step asked the system for.
        var misses = 0

        init(
            _ name: String, threads: Int, recomputing recomputed: Set<String>, batch: Int = 6,
            side: Int = 16
        ) throws {
            let backend = CPUBackend(threadCount: threads)
            try withBackend(backend) {
                let dropout: Float? = name == "airbench94" ? nil : 0.4
                let model = try ModelRegistry.make(
                    name, classCount: 5, seed: 3, options: ModelOptions(dropout: dropout))
                let optimizer = SGD(
                    ParameterGroup.standard(model.namedParameters, weightDecay: 1e-3),
                    momentum: 0.9, nesterov: true)
                let parameters = model.parameters
                var random = RandomStream(seed: 5, purpose: .synthesis)
                let pixels = (0..<batch * side * side * 3).map { _ in random.normal() }
                let images = Tensor(pixels, shape: [batch, side, side, 3])
                let labels = (0..<batch).map { Int32($0 % 5) }
                for step in 0..<3 {
                    let before = backend.memoryStatistics.misses
                    let (loss, gradients) = valueWithGradients(of: parameters) {
                        crossEntropy(
                            model(
                                images, .training(Randomness(seed: 1, step: step)),
                                recomputing: recomputed),
                            labels: labels)
                    }
                    optimizer.step(gradients, learningRate: 0.1)
                    losses.append(loss.scalar())
                    misses = backend.memoryStatistics.misses - before
                }
                peak = backend.memoryStatistics.peak
                for (key, entry) in model.stateDict() { state[key] = try entry.bytes() }
                for (key, tensor) in optimizer.state() { momentum[key] = tensor.array() }
            }
        }
    }

    @Test("Three steps end in the same bits", arguments: [1, 2, 3])
    func sameBits(threads: Int) throws {
        let plain = try Training("resnet20", threads: 1, recomputing: [])
        #expect(plain.state.keys.contains("layer1.0.bn1.num_batches_tracked"))
        #expect(Set(plain.losses).count == 3)
        for stages: Set in [["layer2"], ["stem", "layer1", "layer2", "layer3", "head"]] {
            let other = try Training("resnet20", threads: threads, recomputing: stages)
            #expect(other.losses == plain.losses)
            #expect(other.state == plain.state)
            #expect(other.momentum == plain.momentum)
            #expect(other.misses == 0)
        }
    }

    @Test(
        "Every model ends in the same bits", arguments: ["cifar10-cnn", "airbench94", "resnet18"])
    func sameBitsOf(name: String) throws {
        let stages = Set(try ModelRegistry.outline(of: name).stageNames)
        let plain = try Training(name, threads: 2, recomputing: [], batch: 3, side: 32)
        let other = try Training(name, threads: 2, recomputing: stages, batch: 3, side: 32)
        #expect(other.losses == plain.losses)
        #expect(other.state == plain.state)
        #expect(other.peak < plain.peak)
    }

    /// Of three blocks with four values each stay three block outputs, and the values of one block.
    @Test func memoryFalls() throws {
        func peak(_ stages: Set<String>) throws -> Double {
            Double(
                try Training("resnet20", threads: 2, recomputing: stages, batch: 32, side: 32).peak)
        }
        let plain = try peak([])
        #expect(try peak(["layer1"]) < 0.75 * plain)
        #expect(try peak(["stem", "layer1", "layer2", "layer3", "head"]) < 0.5 * plain)
    }

    @Test(arguments: ModelRegistry.names)
    func stagesAreKnownByName(_ name: String) throws {
        let names = try ModelRegistry.outline(of: name).stageNames
        if try ModelRegistry.task(of: name) == .segmentation {
            #expect(names == ["network"])
            return
        }
        #expect(names.first == "stem" && names.last == "head")
        #expect(names.count >= 5 && Set(names).count == names.count)
    }

    @Test func unknownStagesAreExplained() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let model = try ModelRegistry.make("resnet20", classCount: 2, seed: nil)
            _ = model(.zeros([1, 8, 8, 3]), .inference, recomputing: ["layer4"])
        }
        #expect(message(result).contains("no stage 'layer4' among stem, layer1"))
    }
}
