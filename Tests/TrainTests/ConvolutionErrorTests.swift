import Foundation
import NN
import Tensor
import Testing
import Train

/// How far every way of computing a convolution is from the exact result, on the layers of the models:
/// held to bounds, and written into `docs/kernels.md` with RESIDUAL_UPDATE_DOCS=1.
@Suite struct ConvolutionErrorTests {
    /// What each algorithm stays below, on any instruction set.
    private static let bounds: [String: ErrorOfPass] = [
        "winograd": ErrorOfPass(rms: 2.5e-6, largest: 2.5e-5),
        "gathered": ErrorOfPass(rms: 6e-7, largest: 1e-5),
        "depthwise": ErrorOfPass(rms: 6e-7, largest: 1e-5),
    ]

    @Test func errorsStayBelowTheirBounds() throws {
        let layers = try Layer.all()
        var rows: [String] = []
        for layer in layers {
            let exact = ExactSamples(of: layer.geometry)
            // Where both compute alike there is one row.
            var algorithms: Set<String> = []
            for numerics in Numerics.allCases {
                let backend = CPUBackend(
                    threadCount: ThreadPool.availableCores, numerics: numerics)
                let algorithm = backend.algorithmName(of: layer.geometry)
                guard algorithms.insert(algorithm).inserted else { continue }
                let errors = exact.errors(on: backend)
                let bound = try #require(Self.bounds[algorithm], "\(algorithm)")
                for (pass, error) in zip(ConvolutionPass.allCases, errors) {
                    let what: Comment = "\(layer.name), \(algorithm), \(pass): \(error)"
                    #expect(error.rms <= bound.rms && error.largest <= bound.largest, what)
                    #expect(error.rms > 0, what)
                }
                let cells = [layer.name, layer.models, algorithm] + errors.map(\.description)
                rows.append("| " + cells.joined(separator: " | ") + " |")
            }
        }
        try compare(rows)
    }

    /// The table must have these layers and algorithms; its figures are those of one machine.
    private func compare(_ rows: [String]) throws {
        var parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: Self.mark)
        try #require(parts.count == 3, "docs/kernels.md has no two marks for the table")
        let head = """
            | images × height × width × channels | in | algorithm | forward | input gradient | filter gradient |
            |---|---|---|--:|--:|--:|
            """
        if ProcessInfo.processInfo.environment["RESIDUAL_UPDATE_DOCS"] != nil {
            parts[1] = "\n\n\(head)\n\(rows.joined(separator: "\n"))\n\n"
            try parts.joined(separator: Self.mark).write(
                to: page, atomically: true, encoding: .utf8)
        }
        func names(_ lines: some Sequence<String>) -> [String] {
            lines.map { $0.split(separator: "|").prefix(3).joined(separator: "|") }
        }
        let committed = parts[1].split(separator: "\n").dropFirst(2).map(String.init)
        #expect(
            names(committed) == names(rows),
            "docs/kernels.md is out of date; run this test with RESIDUAL_UPDATE_DOCS=1")
    }

    private static let mark = "<!-- errors: made by ConvolutionErrorTests -->"
    private let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/kernels.md")
}

/// The error of a pass relative to the root mean square of the exact result.
private struct ErrorOfPass: CustomStringConvertible {
    /// The root mean square of the differences.
    let rms: Double
    /// The largest difference.
    let largest: Double

    /// `6.5e-7 / 4.6e-6`.
    var description: String {
        String(format: "%.1e / %.1e", rms, largest).replacingOccurrences(of: "e-0", with: "e-")
    }
}

/// A convolution and the models that have it.
private struct Layer {
    let geometry: Conv2dGeometry
    var models: String

    /// The layers of some models with few images, and depthwise ones, which no model has.
    static func all() throws -> [Layer] {
        var layers: [Layer] = []
        for (model, batch) in [
            ("cifar10-cnn", 16), ("airbench94", 16), ("resnet18", 2), ("resnet50", 2),
        ] {
            let size = try ModelRegistry.defaultInputSize(of: model).height
            let works = try KernelBenchmark.convolutions(of: model, batch: batch, size: size)
            for work in works where work.pass == .forward {
                if let place = layers.firstIndex(where: { $0.geometry == work.geometry }) {
                    layers[place].models += ", \(model)"
                } else {
                    layers.append(Layer(geometry: work.geometry, models: model))
                }
            }
        }
        for stride in [1, 2] {
            let geometry = Conv2dGeometry(
                batch: 2, height: 56, width: 56, inputChannels: 96, outputChannels: 96, kernel: 3,
                stride: Spatial(stride), padding: 1, dilation: 1, groups: 96)
            layers.append(Layer(geometry: geometry, models: "no model"))
        }
        return layers
    }

    /// `16×32×32×64 → 128, 3×3, stride 2`.
    var name: String {
        let g = geometry
        let stride = g.stride == 1 ? "" : ", stride \(g.stride.height)"
        let groups = g.groups == 1 ? "" : ", \(g.groups) groups"
        return "\(g.batch)×\(g.height)×\(g.width)×\(g.inputChannels) → \(g.outputChannels), "
            + "\(g.kernel.height)×\(g.kernel.width)\(stride)\(groups)"
    }
}

/// Some elements of the results of all three passes, computed in Double: x is ReLU(N(0, 1)), the
/// filter N(0, 2 / terms), dy 10⁻³ · N(0, 1).
private struct ExactSamples {
    private static let count = 1024

    private let geometry: Conv2dGeometry
    private let x: [Float], w: [Float], dy: [Float]
    /// Of each pass the places of the elements and their values.
    private var samples: [(places: [Int], values: [Double])] = []

    init(of geometry: Conv2dGeometry) {
        self.geometry = geometry
        let g = geometry
        let terms = g.kernel.height * g.kernel.width * g.inputChannels / g.groups
        let deviation = (2 / Float(terms)).squareRoot()
        x = Self.normals(g.inputCount, 0) { max($0, 0) }
        w = Self.normals(g.filterCount, 1) { $0 * deviation }
        dy = Self.normals(g.outputCount, 2) { $0 * 1e-3 }
        let walk = ExactWalk(geometry: g, x: x, w: w, dy: dy)
        for (pass, count) in zip(
            ConvolutionPass.allCases, [g.outputCount, g.inputCount, g.filterCount])
        {
            var random = RandomStream(seed: 4, purpose: .synthesis, index: samples.count)
            let places = (0..<Self.count).map { _ in random.integer(below: count) }
            samples.append((places, walk.values(of: pass, at: places)))
        }
    }

    /// The errors of `backend` in the three passes.
    func errors(on backend: CPUBackend) -> [ErrorOfPass] {
        let blocks = [x, w, dy].map { values in
            let block = backend.allocate(byteCount: values.count * 4)
            values.withUnsafeBytes { backend.upload($0, to: block) }
            return block
        }
        defer { blocks.forEach { backend.release($0) } }
        return zip(ConvolutionPass.allCases, samples).map { pass, sample in
            let count = [dy, x, w][ConvolutionPass.allCases.firstIndex(of: pass)!].count
            let block = backend.allocate(byteCount: count * 4)
            defer { backend.release(block) }
            switch pass {
            case .forward:
                backend.conv2d(blocks[0], filter: blocks[1], bias: nil, geometry, into: block)
            case .inputGradient:
                backend.conv2dInputGradient(
                    dy: blocks[2], filter: blocks[1], geometry, into: block)
            case .filterGradient:
                backend.conv2dFilterGradient(dy: blocks[2], blocks[0], geometry, into: block)
            }
            var result = [Float](repeating: 0, count: count)
            result.withUnsafeMutableBytes { backend.download(block, to: $0) }
            let differences = zip(sample.places, sample.values).map { Double(result[$0]) - $1 }
            let scale = rootMeanSquare(sample.values)
            return ErrorOfPass(
                rms: rootMeanSquare(differences) / scale,
                largest: (differences.map { abs($0) }.max() ?? 0) / scale)
        }
    }

    private func rootMeanSquare(_ values: [Double]) -> Double {
        (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }

    /// Some of the same numbers for every layer: drawing them anew would take most of the time.
    private static func normals(
        _ count: Int, _ start: Int, _ body: (Float) -> Float
    ) -> [Float] {
        let offset = start * drawn.count / 3
        return (0..<count).map { body(drawn[($0 + offset) % drawn.count]) }
    }

    private static let drawn: [Float] = {
        var random = RandomStream(seed: 4, purpose: .synthesis, index: 9)
        return (0..<4_194_301).map { _ in random.normal() }
    }()
}

/// The sums of a convolution, element by element.
private struct ExactWalk {
    let geometry: Conv2dGeometry
    let x: [Float], w: [Float], dy: [Float]

    /// The elements of a pass's result at `places`, all of whose products are added in Double.
    func values(of pass: ConvolutionPass, at places: [Int]) -> [Double] {
        var values = [Double](repeating: 0, count: places.count)
        values.withUnsafeMutableBufferPointer { values in
            let (pool, result) = (CPUBackend.shared.pool, values.baseAddress!)
            pool.parallelFor(places.count) { index, _ in
                switch pass {
                case .forward: result[index] = output(places[index])
                case .inputGradient: result[index] = inputGradient(places[index])
                case .filterGradient: result[index] = filterGradient(places[index])
                }
            }
        }
        return values
    }

    private var inputs: Int { geometry.inputChannels / geometry.groups }
    private var outputs: Int { geometry.outputChannels / geometry.groups }

    private func output(_ place: Int) -> Double {
        let g = geometry
        let channel = place % g.outputChannels
        let pixel = place / g.outputChannels
        let (j, i) = (pixel % g.outputWidth, pixel / g.outputWidth % g.outputHeight)
        let image = pixel / g.outputWidth / g.outputHeight
        var sum = 0.0
        for r in 0..<g.kernel.height {
            for s in 0..<g.kernel.width {
                let y = i * g.stride.height - g.padding.height + r
                let x = j * g.stride.width - g.padding.width + s
                guard (0..<g.height).contains(y), (0..<g.width).contains(x) else { continue }
                let from =
                    ((image * g.height + y) * g.width + x) * g.inputChannels
                    + channel / outputs * inputs
                let tap = (r * g.kernel.width + s) * inputs * g.outputChannels + channel
                for c in 0..<inputs {
                    sum += Double(self.x[from + c]) * Double(w[tap + c * g.outputChannels])
                }
            }
        }
        return sum
    }

    private func inputGradient(_ place: Int) -> Double {
        let g = geometry
        let channel = place % g.inputChannels
        let pixel = place / g.inputChannels
        let (x, y) = (pixel % g.width, pixel / g.width % g.height)
        let image = pixel / g.width / g.height
        let first = channel / inputs * outputs
        var sum = 0.0
        for r in 0..<g.kernel.height {
            for s in 0..<g.kernel.width {
                let (i, isRow) = (y + g.padding.height - r).quotientAndRemainder(
                    dividingBy: g.stride.height)
                let (j, isColumn) = (x + g.padding.width - s).quotientAndRemainder(
                    dividingBy: g.stride.width)
                guard isRow == 0, isColumn == 0, (0..<g.outputHeight).contains(i),
                    (0..<g.outputWidth).contains(j)
                else { continue }
                let from =
                    ((image * g.outputHeight + i) * g.outputWidth + j) * g.outputChannels
                    + first
                let tap =
                    ((r * g.kernel.width + s) * inputs + channel % inputs) * g.outputChannels
                    + first
                for c in 0..<outputs { sum += Double(dy[from + c]) * Double(w[tap + c]) }
            }
        }
        return sum
    }

    private func filterGradient(_ place: Int) -> Double {
        let g = geometry
        let output = place % g.outputChannels
        let input = place / g.outputChannels % inputs + output / outputs * inputs
        let tap = place / g.outputChannels / inputs
        let (r, s) = tap.quotientAndRemainder(dividingBy: g.kernel.width)
        var sum = 0.0
        for image in 0..<g.batch {
            for i in 0..<g.outputHeight {
                let y = i * g.stride.height - g.padding.height + r
                guard (0..<g.height).contains(y) else { continue }
                for j in 0..<g.outputWidth {
                    let x = j * g.stride.width - g.padding.width + s
                    guard (0..<g.width).contains(x) else { continue }
                    let pixel = (image * g.outputHeight + i) * g.outputWidth + j
                    let from = ((image * g.height + y) * g.width + x) * g.inputChannels
                    sum +=
                        Double(dy[pixel * g.outputChannels + output])
                        * Double(self.x[from + input])
                }
            }
        }
        return sum
    }
}
