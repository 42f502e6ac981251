import Tensor

/// A rule for the first values of a parameter.
enum Initializer {
    /// Normal with mean 0 and variance 2 / fan (He et al. 2015), which keeps the size of signals
    /// through layers with ReLU.
    case kaimingNormal(fan: Int)
    /// Uniform in ±1/√fan.
    case uniform(fan: Int)
    /// The same value everywhere.
    case constant(Float)

    func values(count: Int, _ stream: RandomStream) -> [Float] {
        var stream = stream
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            switch self {
            case .kaimingNormal(let fan):
                let deviation = Float((2 / Double(fan)).squareRoot())
                for position in 0..<count { buffer[position] = deviation * stream.normal() }
            case .uniform(let fan):
                let bound = Float(1 / Double(fan).squareRoot())
                for position in 0..<count { buffer[position] = stream.uniform(in: -bound...bound) }
            case .constant(let value):
                buffer.update(repeating: value)
            }
            initialized = count
        }
    }
}

extension Parameter {
    func fill(_ initializer: Initializer, _ stream: RandomStream) {
        value.assign(initializer.values(count: value.count, stream))
    }
}

extension Module {
    /// Draws the first values of all parameters inside: for each its own stream of random numbers,
    /// from `seed` and its position among `parameters`.
    public func initialize(seed: UInt64) {
        let walk = ModuleWalk(of: self)
        var positions: [ObjectIdentifier: Int] = [:]
        for case (_, .parameter(let parameter)) in walk.entries {
            positions[ObjectIdentifier(parameter)] = positions.count
        }
        for (_, module) in walk.modules {
            module.initializeParameters { parameter in
                guard let position = positions[ObjectIdentifier(parameter)] else {
                    fatalError("initialize: \(type(of: module)) draws a parameter it does not hold")
                }
                return RandomStream(seed: seed, purpose: .initialization, index: position)
            }
        }
    }
}
