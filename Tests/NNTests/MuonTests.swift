import NN
import Tensor
import Testing

struct MuonTests {
    /// The shapes of Fixtures/make_fixtures.py, in the layouts here.
    private static let parts: [(shape: Shape, role: ParameterRole)] = [
        ([3, 3, 3, 4], .filter), ([2, 1, 2, 13], .filter), ([7, 5], .matrix),
    ]

    private static func make(_ name: String, _ parameters: [Parameter]) -> Muon {
        let groups = [
            ParameterGroup(
                parameters.enumerated().map { ("p\($0)", $1) },
                weightDecay: name == "plain" ? 0.1 : 0)
        ]
        return name == "plain"
            ? Muon(groups, momentum: 0.95, nesterov: false, steps: 5)
            : Muon(groups, momentum: 0.6, nesterov: true, steps: 3, normalizesFilters: true)
    }

    /// Tensors whose values lie in weight files in the order of the formula.
    private static func formula(_ seed: Int) -> [Parameter] {
        parts.enumerated().map { place, part in
            let count = part.shape.count
            let parameter = Parameter(.zeros(part.shape), role: part.role)
            let entry = StateEntry(parameter)
            let source = Tensor(uniform(seed + place, count), shape: Shape(entry.shape))
            // A file's [O, I, R, S] is [R, S, I, O] here, [O, I] is [I, O].
            let axes = part.role == .filter ? [2, 3, 1, 0] : [1, 0]
            parameter.value = transpose(source, axes: axes)
            return parameter
        }
    }

    @Test(arguments: ["airbench", "plain"])
    func matchesPyTorch(_ name: String) throws {
        let golden = try SafetensorsFile(path: fixture("muon.safetensors"))
        let expected = try #require(golden["muon.\(name)"]).floats()
        let parameters = Self.formula(42_000)
        let optimizer = Self.make(name, parameters)
        let count = parameters.reduce(0) { $0 + $1.value.count }
        #expect(expected.count == 4 * count)
        for step in 0..<4 {
            let slopes = Self.formula(43_000 + 10 * step)
            optimizer.step(
                gradients(zip(parameters, slopes).map { ($0, $1.value) }), learningRate: 0.1)
            let found = try parameters.flatMap { try StateEntry($0).floats() }
            for (place, truth) in expected[step * count..<(step + 1) * count].enumerated() {
                #expect(abs(found[place] - truth) < 1e-5, "step \(step), element \(place)")
            }
        }
    }

    @Test func continuesFromItsStateBitForBit() throws {
        let straight = Self.formula(42_000)
        let resumed = Self.formula(42_000)
        let (optimizer, other) = (Self.make("airbench", straight), Self.make("airbench", resumed))
        func step(_ number: Int, _ optimizer: Muon, _ parameters: [Parameter]) {
            let slopes = Self.formula(43_000 + 10 * number)
            optimizer.step(
                gradients(zip(parameters, slopes).map { ($0, $1.value) }), learningRate: 0.1)
        }
        for number in 0..<2 {
            step(number, optimizer, straight)
            step(number, other, resumed)
        }
        let fresh = Self.make("airbench", resumed)
        try fresh.load(state: other.state())
        #expect(fresh.state().map(\.name) == (0..<3).map { "orthogonal_momentum.p\($0)" })
        for number in 2..<4 {
            step(number, optimizer, straight)
            step(number, fresh, resumed)
        }
        #expect(straight.map { $0.value.array() } == resumed.map { $0.value.array() })
    }

    /// The singular values of what comes out are near 1, so that its Gram matrix is nearly diagonal.
    @Test func updatesAreNearlyOrthogonal() {
        let matrix = Tensor(uniform(44_000, 40 * 6), shape: [40, 6])
        let result = orthogonalized(matrix, steps: 8)
        let gram = matmul(transpose(result), result).array()
        for row in 0..<6 {
            for column in 0..<6 {
                let value = gram[row * 6 + column]
                #expect(row == column ? (0.4...1.5).contains(value) : abs(value) < 0.4)
            }
        }
        #expect(orthogonalized(.zeros([3, 5]), steps: 3).array().allSatisfy { $0 == 0 })
        // The scale does not matter.
        let scaled = orthogonalized(matrix * 1024, steps: 5).array()
        let plain = orthogonalized(matrix, steps: 5).array()
        for (a, b) in zip(scaled, plain) { #expect(abs(a - b) < 1e-4) }
    }

    /// The formula in double precision, on matrices of which most singular values are small or nothing.
    @Test(arguments: [(90, 10, 5), (10, 90, 5), (64, 8, 3), (12, 12, 5), (80, 4, 7), (30, 2, 1)])
    func followsTheFormula(_ rows: Int, _ columns: Int, _ steps: Int) {
        let side = min(rows, columns)
        // A product of thin factors whose columns get smaller and smaller, the last of them zeros.
        let (left, right) = (uniform(44_100, rows * side), uniform(44_200, side * columns))
        var x = [Double](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for column in 0..<columns {
                for k in 0..<max(1, side - 2) {
                    x[row * columns + column] +=
                        Double(left[row * side + k] * right[k * columns + column])
                        / Double(1 << (2 * k))
                }
            }
        }
        let input = Tensor(x.map(Float.init), shape: [rows, columns])
        func product(_ a: [Double], _ b: [Double], _ shape: (Int, Int, Int)) -> [Double] {
            var result = [Double](repeating: 0, count: shape.0 * shape.2)
            for i in 0..<shape.0 {
                for k in 0..<shape.1 {
                    for j in 0..<shape.2 {
                        result[i * shape.2 + j] += a[i * shape.1 + k] * b[k * shape.2 + j]
                    }
                }
            }
            return result
        }
        let norm = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
        x = x.map { $0 / norm }
        for _ in 0..<steps {
            let turned = (0..<columns * rows).map { x[$0 % rows * columns + $0 / rows] }
            let gram = product(x, turned, (rows, columns, rows))
            let square = product(gram, gram, (rows, rows, rows))
            let factor = zip(gram, square).map { -4.7750 * $0 + 2.0315 * $1 }
            x = zip(x, product(factor, x, (rows, rows, columns))).map { 3.4445 * $0 + $1 }
        }
        let found = orthogonalized(input, steps: steps).array()
        for (found, truth) in zip(found, x) { #expect(abs(Double(found) - truth) < 1e-3) }
    }

    @Test func threadsDoNotMatter() {
        let matrix = uniform(45_000, 2304 * 256)
        func result(_ threads: Int) -> [Float] {
            withBackend(CPUBackend(threadCount: threads)) {
                orthogonalized(Tensor(matrix, shape: [3, 3, 256, 256]), steps: 3).array()
            }
        }
        let one = result(1)
        for threads in [2, 3, 8] { #expect(result(threads) == one) }
    }

    @Test func aCombinedOptimizerClipsTogetherAndKeepsItsStateApart() throws {
        let parameters = Self.formula(42_000)
        let bias = Parameter(Tensor(uniform(46_000, 9), shape: [9]), role: .vector)
        func make() -> CombinedOptimizer {
            CombinedOptimizer(
                [
                    Self.make("airbench", parameters),
                    SGD([ParameterGroup([("bias", bias)], learningRateFactor: 2)], momentum: 0.5),
                ], clipping: .norm(1))
        }
        let optimizer = make()
        let before = bias.value.array()
        let slopes = Self.formula(43_000).map(\.value) + [Tensor(repeating: 1, shape: [9])]
        let norm = try #require(
            optimizer.step(gradients(Array(zip(parameters + [bias], slopes))), learningRate: 0.1))
        #expect(abs(norm - globalNorm(slopes)) < 1e-9)
        for (a, b) in zip(before, bias.value.array()) {
            #expect(abs((a - b) - Float(0.2 / norm)) < 1e-6)
        }
        let state = optimizer.state()
        #expect(Set(state.map(\.name)).contains("momentum.bias") && state.count == 4)
        let other = make()
        try other.load(state: state)
        #expect(other.state().map { $0.tensor.array() } == state.map { $0.tensor.array() })
        let error = #expect(throws: OptimizerStateError.self) {
            try other.load(state: state + [("momentum.none", .zeros([1]))])
        }
        #expect(error?.problems == ["'momentum.none' is unknown"])
        #expect(other.state().map { $0.tensor.array() } == state.map { $0.tensor.array() })
    }
}
