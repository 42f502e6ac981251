import Datasets
import NN
import Tensor

/// Steps on random data, timed one by one: what `residual bench` runs.
public enum StepBenchmark {
    /// The seconds of each of `steps` training steps (forward, backward, update), after `warmUp` more
    /// and a call of `whenWarm`. The stages named in `recomputed` are computed again in the backward
    /// pass.
    public static func training(
        _ model: any PredictionModel, batch: Int, size: Int,
        precision: Configuration.Precision = .f32, steps: Int, warmUp: Int = 3,
        recomputing recomputed: Set<String> = [], whenWarm: () -> Void = {}
    ) -> [Double] {
        let (pixels, labels) = randomBatch(model, batch: batch, size: size)
        let images = pixels.converted(to: precision.elementType)
        let parameters = model.parameters
        let optimizer = SGD(
            ParameterGroup.standard(model.namedParameters, weightDecay: 5e-4), momentum: 0.9,
            nesterov: true)
        return timed(steps: steps, warmUp: warmUp, whenWarm) { step in
            let (loss, gradients) = valueWithGradients(of: parameters) {
                crossEntropy(
                    model(
                        images, .training(Randomness(seed: 0, step: step)),
                        recomputing: recomputed),
                    labels: labels)
            }
            _ = loss.scalar()
            optimizer.step(gradients, learningRate: 1e-3)
        }
    }

    /// The seconds of each of `steps` classifications of a batch by a plan, after `warmUp` more and
    /// a call of `whenWarm`.
    public static func inference(
        _ model: any PredictionModel, batch: Int, size: Int, steps: Int, warmUp: Int = 3,
        whenWarm: () -> Void = {}
    ) -> [Double] {
        let (images, _) = randomBatch(model, batch: batch, size: size)
        let (pixels, plan) = (
            images.array(),
            InferencePlan(
                model, input: images.shape, probabilities: true, isForSingleImages: batch == 1)
        )
        return timed(steps: steps, warmUp: warmUp, whenWarm) { _ in _ = plan(pixels) }
    }

    /// The seconds of each of `steps` batches of a loader, and the pictures in a batch: means of ten
    /// neighbours (of a tenth, where there are fewer than a hundred), as several workers deliver in bursts.
    public static func loading(
        _ loader: BatchLoader, steps: Int, warmUp: Int = 3
    ) throws(DatasetError) -> [(seconds: Double, count: Int)] {
        let clock = Stopwatch()
        var measured: [(seconds: Double, count: Int)] = []
        var epoch = 0
        while measured.count < steps + warmUp {
            let batches = loader.batches(epoch: epoch)
            defer { batches.cancel() }
            _ = clock.lap()
            while measured.count < steps + warmUp, let batch = try batches.next() {
                measured.append((clock.lap(), batch.count))
                batches.recycle(batch)
            }
            epoch += 1
        }
        measured.removeFirst(warmUp)
        let window = max(1, min(10, steps / 10))
        return stride(from: 0, to: steps - window + 1, by: window).map { start in
            let part = measured[start..<start + window]
            return (
                part.reduce(0) { $0 + $1.seconds } / Double(window),
                part.reduce(0) { $0 + $1.count } / window
            )
        }
    }

    private static func timed(
        steps: Int, warmUp: Int, _ whenWarm: () -> Void, _ body: (Int) -> Void
    ) -> [Double] {
        for step in 0..<warmUp { body(step) }
        whenWarm()
        let clock = Stopwatch()
        return (warmUp..<(warmUp + steps)).map { step in
            _ = clock.lap()
            body(step)
            return clock.lap()
        }
    }

    private static func randomBatch(
        _ model: any PredictionModel, batch: Int, size: Int
    ) -> (images: Tensor, labels: [Int32]) {
        var random = RandomStream(seed: 0, purpose: .benchmark)
        let pixels = (0..<batch * size * size * 3).map { _ in random.uniform(in: -1...1) }
        let output = ModelSummary(of: model, input: [batch, size, size, 3]).stages.last?.outputShape
        let rows = (output?.count ?? batch) / model.classCount
        let labels = (0..<rows).map { _ in Int32(random.integer(below: model.classCount)) }
        return (Tensor(pixels, shape: [batch, size, size, 3]), labels)
    }
}
