import Tensor
import Testing

/// One call of one operation on inputs of given shapes: a row of the table in `OpCases`.
struct OpCase: Sendable, CustomTestStringConvertible {
    /// The name under which the operation is recorded.
    let operation: String
    /// What is special about this call.
    let detail: String
    let inputs: [Input]
    /// How far a fast backend may be from the reference.
    var tolerance = Tolerance.elementwise
    /// False for operations that give no tensor that gradients flow through.
    var isDifferentiable = true
    /// False where finite differences cannot see the gradient (ties) or where a smaller case of the
    /// same kind has proved the reference's gradient already and this one is for the fast paths.
    var checksFiniteDifference = true
    let function: @Sendable ([Tensor]) -> Tensor

    var testDescription: String {
        "\(operation), \(detail) \(inputs.map(\.shape.description).joined(separator: " "))"
    }

    /// The same for every run, different for every case.
    var seed: UInt64 {
        testDescription.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// The values of input `index`.
    func values(ofInput index: Int) -> [Float] {
        var random = RandomStream(seed: seed, purpose: .synthesis, index: index)
        return inputs[index].values(&random)
    }

    /// The values of all inputs.
    var inputValues: [[Float]] { inputs.indices.map(values(ofInput:)) }
}

/// An input of an `OpCase`: its shape, and values that stay away from the function's kinks.
struct Input: Sendable {
    enum Kind: Sendable {
        /// The standard normal distribution.
        case normal
        /// Between 0.5 and 1.5, either sign: for kinks and poles at 0.
        case awayFromZero
        /// Between 0.5 and 1.5.
        case positive
        /// Between −20 and 20.
        case wide
        /// Multiples of 0.08 in random order, no two equal: for maxima.
        case distinct
        /// 0, 1, 2 or 3: many ties.
        case ties
        /// Rows that are distributions.
        case distributions
        /// From 0 to 1.
        case fractions
    }

    let shape: Shape
    var kind = Kind.normal
    var wantsGradient = true

    static func normal(_ shape: Shape) -> Input { Input(shape: shape) }
    static func awayFromZero(_ shape: Shape) -> Input { Input(shape: shape, kind: .awayFromZero) }
    static func positive(_ shape: Shape) -> Input { Input(shape: shape, kind: .positive) }
    static func wide(_ shape: Shape) -> Input { Input(shape: shape, kind: .wide) }
    static func distinct(_ shape: Shape) -> Input { Input(shape: shape, kind: .distinct) }
    static func ties(_ shape: Shape) -> Input { Input(shape: shape, kind: .ties) }

    /// The same input without a gradient.
    static func constant(_ shape: Shape, _ kind: Kind = .normal) -> Input {
        Input(shape: shape, kind: kind, wantsGradient: false)
    }

    func values(_ random: inout RandomStream) -> [Float] {
        switch kind {
        case .normal: return (0..<shape.count).map { _ in random.normal() }
        case .awayFromZero:
            return (0..<shape.count).map { _ in
                random.uniform(in: 0.5...1.5) * (random.integer(below: 2) == 0 ? 1 : -1)
            }
        case .positive: return (0..<shape.count).map { _ in random.uniform(in: 0.5...1.5) }
        case .wide: return (0..<shape.count).map { _ in random.uniform(in: -20...20) }
        case .distinct:
            var values = (0..<shape.count).map { 0.08 * (Float($0) - Float(shape.count) / 2) }
            random.shuffle(&values)
            return values
        case .ties: return (0..<shape.count).map { _ in Float(random.integer(below: 4)) }
        case .distributions: return distributions(&random)
        case .fractions: return (0..<shape.count).map { _ in random.uniform() }
        }
    }

    private func distributions(_ random: inout RandomStream) -> [Float] {
        var values: [Float] = []
        for _ in 0..<shape.count / shape[-1] {
            let row = (0..<shape[-1]).map { _ in random.uniform(in: 0.1...1) }
            let sum = row.reduce(0, +)
            values += row.map { $0 / sum }
        }
        return values
    }
}

/// What a case gives on one backend.
struct Evaluation {
    let shape: Shape
    let output: [Float]
    /// Nil for inputs whose gradient was not asked for.
    let gradients: [[Float]?]
    /// What the inputs held afterwards.
    let inputs: [[Float]]
}

extension OpCase {
    /// The result alone, outside of any recording.
    func forward(on backend: any Backend, _ values: [[Float]]) -> (shape: Shape, output: [Float]) {
        withBackend(backend) {
            let result = function(tensors(values))
            return (result.shape, result.array())
        }
    }

    /// Result and gradients of Σ cotangent · result for the inputs in `wanted`.
    func evaluate(
        on backend: any Backend, _ values: [[Float]], cotangent: [Float], shape: Shape,
        wanted: [Bool]? = nil
    ) -> Evaluation {
        let wanted = wanted ?? inputs.map(\.wantsGradient)
        return withBackend(backend) {
            let tensors = tensors(values)
            var watched = tensors
            let (result, gradients) = valueWithGradients(
                outputGradient: Tensor(cotangent, shape: shape)
            ) {
                for index in tensors.indices where wanted[index] {
                    watched[index] = tensors[index].watched()
                }
                return function(watched)
            }
            return Evaluation(
                shape: result.shape, output: result.array(),
                gradients: zip(watched, wanted).map { $1 ? gradients[$0]?.array() : nil },
                inputs: tensors.map { $0.array() })
        }
    }

    /// A random cotangent for a result of `count` elements.
    func cotangent(count: Int) -> [Float] {
        var random = RandomStream(seed: seed, purpose: .synthesis, index: 1000)
        return (0..<count).map { _ in random.normal() }
    }

    private func tensors(_ values: [[Float]]) -> [Tensor] {
        zip(values, inputs).map { Tensor($0, shape: $1.shape) }
    }
}
