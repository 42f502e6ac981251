import Tensor

/// Compares gradients with slopes of the result along random directions.
///
/// For a random cotangent r and a random direction u, ⟨u, gradient of ⟨r, f⟩⟩ must be the derivative
/// of ⟨r, f(x + t·u)⟩ at t = 0. (A cotangent of ones would hide errors where the sum of the results is
/// constant, as softmax's and batch norm's are.) The derivative is taken by the four-point central
/// difference, with an error of order ε⁴.
struct GradientCheck {
    /// The share of the gradient's norm by which slope and ⟨u, gradient⟩ may differ.
    ///
    /// Results are Floats, so a slope over ε = 0.01 carries noise of about 2⁻²⁴ / ε = 6e-6 of the
    /// result's norm, which may exceed the gradient's by an order. Correct gradients stay below a
    /// third of this; a wrong one is seen as its relative error.
    static let tolerance = 5e-4

    private static let epsilon: Float = 0x1p-7

    let opCase: OpCase
    let backend: any Backend
    private let values: [[Float]]
    private let cotangent: [Float]
    private let gradients: [[Float]?]

    init(_ opCase: OpCase, backend: any Backend) {
        self.opCase = opCase
        self.backend = backend
        values = opCase.inputValues
        let (shape, output) = opCase.forward(on: backend, values)
        cotangent = opCase.cotangent(count: output.count)
        gradients =
            opCase.evaluate(on: backend, values, cotangent: cotangent, shape: shape).gradients
    }

    /// The slope along a random direction of input `index`, what the gradient says it is, and the
    /// gradient's norm, which is what ⟨u, gradient⟩ is expected to be for a random u.
    func compare(input index: Int) -> (slope: Double, expected: Double, scale: Double) {
        var random = RandomStream(seed: opCase.seed, purpose: .synthesis, index: 2000 + index)
        // Of variance 1 and bounded, so that no element crosses a kink.
        let direction = values[index].map { _ in random.uniform(in: -1.732...1.732) }
        let gradient = gradients[index] ?? []
        let expected = sumOfProducts(gradient, direction)
        let scale = sumOfProducts(gradient, gradient).squareRoot()
        return (slope(index, direction), expected, scale)
    }

    private func slope(_ index: Int, _ direction: [Float]) -> Double {
        let epsilon = GradientCheck.epsilon
        let near = change(index, direction, by: epsilon)
        let far = change(index, direction, by: 2 * epsilon)
        return (8 * near - far) / (12 * Double(epsilon))
    }

    /// ⟨r, f(x + step · u) − f(x − step · u)⟩.
    private func change(_ index: Int, _ direction: [Float], by step: Float) -> Double {
        let up = result(index, direction, step)
        let down = result(index, direction, -step)
        return zip(cotangent, zip(up, down)).reduce(0) {
            $0 + Double($1.0) * (Double($1.1.0) - Double($1.1.1))
        }
    }

    private func result(_ index: Int, _ direction: [Float], _ step: Float) -> [Float] {
        var moved = values
        moved[index] = zip(values[index], direction).map { $0 + step * $1 }
        return opCase.forward(on: backend, moved).output
    }
}

/// Σ a · b in Double.
func sumOfProducts(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}
