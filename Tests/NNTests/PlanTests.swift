import NN
import Tensor
import Testing

/// Inference plans against the modules that they were made of.
@Suite(.serialized) struct PlanTests {
    /// `name` with filters as initialised and everything else of some size, as after training.
    private func model(_ name: String, classCount: Int = 7) throws -> any PredictionModel {
        let model = try ModelRegistry.make(
            name, classCount: classCount, seed: 21,
            options: ModelOptions(
                zeroInitResidual: name.hasPrefix("airbench") ? nil : false, batchNormEpsilon: 1e-3))
        disturb(model)
        return model
    }

    private func side(_ name: String) throws -> Int {
        try ModelRegistry.defaultInputSize(of: name).height == 32 ? 32 : 64
    }

    private func error(_ found: [Float], _ expected: [Float]) -> Double {
        #expect(found.count == expected.count)
        return relativeError(found.map(Double.init), expected.map(Double.init))
    }

    @Test(arguments: ModelRegistry.names)
    func everyModelGivesTheLogitsOfItsModules(_ name: String) throws {
        let (model, side) = (try model(name), try side(name))
        let images = formulaImages(80_000, 2, side, side)
        let plan = InferencePlan(model, input: images.shape, probabilities: false)
        #expect(plan.inputShape == images.shape)
        let isSegmentation = try ModelRegistry.task(of: name) == .segmentation
        #expect(plan.outputShapes == [isSegmentation ? [2, side, side, 7] : [2, 7]])
        let difference = error(plan(images.array())[0], model(images, .inference).array())
        #expect(difference <= 1e-5, "\(difference)")
    }

    @Test(arguments: [
        "cifar10-cnn", "airbench94", "airbench96", "resnet20", "resnet18", "resnet50",
        "unet-resnet18",
        "deeplabv3_resnet18",
    ])
    func theReferenceAgrees(_ name: String) throws {
        let (model, side) = (try model(name), try side(name) / 2)
        let images = formulaImages(81_000, 1, side, side).array()
        let input: Shape = [1, side, side, 3]
        let plan = InferencePlan(model, input: input, probabilities: true)
        let reference = InferencePlan(
            model, input: input, probabilities: true, on: ReferenceBackend())
        let difference = error(plan(images)[0], reference(images)[0])
        #expect(difference <= 1e-5, "\(difference)")
    }

    @Test func probabilitiesAreTheSoftmaxOfTheLogits() throws {
        let model = try model("resnet20")
        let images = formulaImages(82_000, 3, 32, 32)
        let plan = InferencePlan(model, input: images.shape, probabilities: true)
        let logits = InferencePlan(model, input: images.shape, probabilities: false)(images.array())
        #expect(plan(images.array())[0] == softmax(Tensor(logits[0], shape: [3, 7])).array())
    }

    @Test(arguments: ["cifar10-cnn", "airbench94", "resnet50", "unet-resnet18"])
    func theNumberOfThreadsNeverMatters(_ name: String) throws {
        let (model, side) = (try model(name), try side(name))
        let images = formulaImages(83_000, 5, side, side).array()
        let results = [1, 2, 3, 8].map { threads in
            InferencePlan(
                model, input: [5, side, side, 3], probabilities: true,
                on: CPUBackend(threadCount: threads))(images)
        }
        #expect(results.dropFirst().allSatisfy { $0 == results[0] })
    }

    @Test(arguments: ["cifar10-cnn", "resnet18", "resnet50"])
    func aBatchIsItsImages(_ name: String) throws {
        let (model, side) = (try model(name), try side(name))
        let images = formulaImages(84_000, 5, side, side).array()
        let plan = InferencePlan(model, input: [5, side, side, 3], probabilities: true)
        let single = InferencePlan(sharing: plan, capacity: 1)
        let lone = InferencePlan(
            model, input: [1, side, side, 3], probabilities: true, isForSingleImages: true)
        #expect(lone.isForSingleImages && !single.isForSingleImages)
        let together = plan(images)[0]
        let size = side * side * 3
        for image in 0..<5 {
            let alone = Array(images[image * size..<(image + 1) * size])
            let row = Array(together[image * 7..<(image + 1) * 7])
            #expect(plan(alone) == [row], "image \(image) in the place of a batch")
            #expect(single(alone) == [row], "image \(image)")
            // Made for one image, it may compute its layers by other algorithms.
            let difference = zip(lone(alone)[0], row).map { abs($0 - $1) }.max() ?? 1
            #expect(difference < 1e-5, "image \(image) by itself")
        }
        #expect(plan(Array(images[..<(3 * size)])) == [Array(together[..<21])])
        #expect(plan([]) == [[]])
    }

    @Test(arguments: ["cifar10-cnn", "resnet18"])
    func runningTakesNothingFromThePool(_ name: String) throws {
        let (model, side) = (try model(name), try side(name))
        let backend = CPUBackend(threadCount: 2)
        let images = formulaImages(85_000, 4, side, side).array()
        do {
            let plan = InferencePlan(
                model, input: [4, side, side, 3], probabilities: true, on: backend)
            let statistics = backend.memoryStatistics
            // The pool rounds each of the two blocks up to a page.
            let own = plan.arenaByteCount + plan.constantByteCount
            #expect((own...own + 2 * 4096).contains(statistics.active))
            backend.resetPeakMemory()
            for _ in 0..<3 { _ = plan(images) }
            let after = backend.memoryStatistics
            #expect(after.misses == statistics.misses)
            #expect(after.active == statistics.active)
            #expect(after.peak == statistics.active)

            let other = InferencePlan(sharing: plan, capacity: 9)
            let added = backend.memoryStatistics.active - statistics.active
            #expect((other.arenaByteCount...other.arenaByteCount + 4096).contains(added))
            #expect(other.constantByteCount == plan.constantByteCount)
        }
        #expect(backend.memoryStatistics.active == 0)
    }

    /// Convolutions, pools, the last product and its softmax, and a copy at both ends.
    @Test(arguments: [("cifar10-cnn", 13 + 3 + 2), ("resnet18", 20 + 4 + 2), ("resnet50", 53 + 6)])
    func everythingElseIsFused(_ name: String, _ steps: Int) throws {
        let side = try side(name)
        let plan = InferencePlan(
            try model(name), input: [1, side, side, 3], probabilities: true)
        #expect(plan.stepCount == steps)
    }

    @Test func aPlanKeepsTheWeightsItWasMadeOf() throws {
        let model = try model("resnet20")
        let images = formulaImages(86_000, 1, 16, 16).array()
        let plan = InferencePlan(model, input: [1, 16, 16, 3], probabilities: true)
        let before = plan(images)
        disturb(model)
        #expect(plan(images) == before)
        #expect(
            InferencePlan(model, input: [1, 16, 16, 3], probabilities: true)(images) != before)
    }

    @Test func aCacheKeepsSizesAndGrows() throws {
        let model = try model("resnet20")
        let cache = PlanCache(
            model, probabilities: true, plansSingleImages: true, limit: 2)
        let single = cache.plan(for: [1, 16, 16, 3])
        #expect(single.isForSingleImages && cache.plan(for: [1, 16, 16, 3]) === single)
        let first = cache.plan(for: [2, 16, 16, 3])
        #expect(first !== single && !first.isForSingleImages)
        let grown = cache.plan(for: [3, 16, 16, 3])
        #expect(grown !== first && grown.capacity == 3)
        #expect(cache.plan(for: [2, 16, 16, 3]) === grown)
        #expect(cache.plan(for: [1, 16, 16, 3]) === single)
        let other = cache.plan(for: [1, 12, 16, 3])
        #expect(cache.plan(for: [1, 16, 16, 3]) === single)
        _ = cache.plan(for: [1, 12, 12, 3])
        #expect(cache.plan(for: [1, 12, 16, 3]) !== other)
        let images = formulaImages(87_000, 2, 16, 16)
        let plan = InferencePlan(model, input: images.shape, probabilities: true)
        #expect(cache(images.array(), shape: images.shape) == plan(images.array()))
    }
}

/// Gives normalisations statistics, factors and offsets of some size, and biases too.
func disturb(_ model: some Module) {
    for (index, named) in model.namedParameters.enumerated()
    where named.parameter.role == .vector {
        let values = named.parameter.value.array()
        let isLast = named.key.hasSuffix("bn2.weight") || named.key.hasSuffix("bn3.weight")
        let noise = uniform(90_000 + index, values.count)
        named.parameter.value.assign(
            zip(values, noise).map { value, noise in
                value == 0 ? noise * 0.2 : (isLast ? 0.4 : 1) + noise * 0.25
            })
    }
    for (index, named) in model.namedStatistics.enumerated() {
        let noise = uniform(95_000 + index, named.statistic.value.count)
        let isVariance = named.key.hasSuffix("running_var")
        named.statistic.value.assign(noise.map { isVariance ? 1 + $0 * 0.5 : $0 * 0.25 })
    }
}
