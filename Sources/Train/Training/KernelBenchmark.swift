import NN
import Tensor

/// The convolutions of models, timed one by one: what `residual bench kernels` runs.
public final class KernelBenchmark {
    /// A pass of a convolution that a training step runs.
    public struct Work: Sendable, Hashable {
        /// The shape.
        public let geometry: Conv2dGeometry
        /// The pass.
        public let pass: ConvolutionPass
        /// How often the step runs it.
        public let calls: Int

        /// Sorts by size of the images, the largest first, then by channels, kernel and pass.
        fileprivate var order: [Int] {
            [
                -geometry.height, -geometry.width, geometry.inputChannels,
                geometry.outputChannels, geometry.kernel.height, geometry.kernel.width,
                geometry.stride.height, geometry.dilation.height, geometry.groups,
                ConvolutionPass.allCases.firstIndex(of: pass)!,
            ]
        }
    }

    /// All convolutions of a training step of the model `name` on `batch` images of `size` × `size`:
    /// each distinct shape and pass once, the largest images first. The first layer has no input
    /// gradient.
    ///
    /// - Throws: `ModelError` when there is no such model.
    public static func convolutions(
        of name: String, batch: Int, size: Int
    ) throws -> [Work] {
        let profile = ProfilingBackend(CPUBackend.shared)
        try withBackend(profile) {
            let model = try ModelRegistry.make(name, classCount: 10, seed: 0)
            // Shapes are asked for, not times: as few images as batch norm can take.
            _ = StepBenchmark.training(model, batch: 2, size: size, steps: 1, warmUp: 0)
        }
        return profile.operations.compactMap { operation, totals in
            guard case .convolution(var geometry, let pass) = operation.extent else { return nil }
            geometry.batch = batch
            return Work(geometry: geometry, pass: pass, calls: totals.calls)
        }.sorted { $0.order.lexicographicallyPrecedes($1.order) }
    }

    private let geometry: Conv2dGeometry
    private let backend = CPUBackend.shared
    private let x: DeviceMemory, w: DeviceMemory, dy: DeviceMemory

    /// Takes memory for the convolution `geometry` and fills it with random numbers in −1 … 1.
    public init(_ geometry: Conv2dGeometry) {
        self.geometry = geometry
        x = backend.random(
            geometry.batch * geometry.height * geometry.width * geometry.inputChannels)
        w = backend.random(geometry.filterCount)
        dy = backend.random(geometry.outputCount)
    }

    deinit {
        for memory in [x, w, dy] { backend.release(memory) }
    }

    /// The seconds of one call, measured `steps` times after two more. Short calls are repeated within
    /// a measurement until it takes two milliseconds.
    public func seconds(of pass: ConvolutionPass, steps: Int) -> [Double] {
        let result = backend.allocate(byteCount: size(of: pass))
        defer { backend.release(result) }
        run(pass, into: result)
        let clock = Stopwatch()
        run(pass, into: result)
        let repeats = max(1, min(1000, Int(0.002 / max(clock.lap(), 1e-7))))
        return (0..<steps).map { _ in
            _ = clock.lap()
            for _ in 0..<repeats { run(pass, into: result) }
            return clock.lap() / Double(repeats)
        }
    }

    private func size(of pass: ConvolutionPass) -> Int {
        switch pass {
        case .forward: dy.byteCount
        case .inputGradient: x.byteCount
        case .filterGradient: w.byteCount
        }
    }

    private func run(_ pass: ConvolutionPass, into result: DeviceMemory) {
        switch pass {
        case .forward: backend.conv2d(x, filter: w, bias: nil, geometry, into: result)
        case .inputGradient:
            backend.conv2dInputGradient(dy: dy, filter: w, geometry, into: result)
        case .filterGradient: backend.conv2dFilterGradient(dy: dy, x, geometry, into: result)
        }
    }
}

extension CPUBackend {
    /// A block of `count` numbers in −1 … 1. They repeat after a while, which no convolution notices.
    fileprivate func random(_ count: Int) -> DeviceMemory {
        var random = RandomStream(seed: 0, purpose: .benchmark)
        let period = 1 << 16
        let numbers = (0..<min(period, count)).map { _ in random.uniform(in: -1...1) }
        let block = allocate(byteCount: count * 4)
        let values = (0..<count).map { numbers[$0 % period] }
        values.withUnsafeBytes { upload($0, to: block) }
        return block
    }
}
