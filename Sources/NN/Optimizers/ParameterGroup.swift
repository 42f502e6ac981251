import Tensor

/// Parameters that an optimiser treats alike.
public struct ParameterGroup {
    /// The parameters with their keys.
    public var parameters: [(key: String, parameter: Parameter)]
    /// The strength of the decay towards zero.
    public var weightDecay: Float
    /// A factor on the learning rate.
    public var learningRateFactor: Float

    /// Creates a group.
    public init(
        _ parameters: [(key: String, parameter: Parameter)], weightDecay: Float = 0,
        learningRateFactor: Float = 1
    ) {
        self.parameters = parameters
        self.weightDecay = weightDecay
        self.learningRateFactor = learningRateFactor
    }

    /// The usual two groups: filters and matrices decay; vectors, which are the parameters of
    /// normalisation and biases, do not unless `decaysVectors`. Empty groups are left out.
    public static func standard(
        _ parameters: [(key: String, parameter: Parameter)], weightDecay: Float,
        decaysVectors: Bool = false, learningRateFactor: Float = 1
    ) -> [ParameterGroup] {
        let isDecayed = { (parameter: Parameter) in decaysVectors || parameter.role != .vector }
        return [
            ParameterGroup(
                parameters.filter { isDecayed($0.parameter) }, weightDecay: weightDecay,
                learningRateFactor: learningRateFactor),
            ParameterGroup(
                parameters.filter { !isDecayed($0.parameter) }, weightDecay: 0,
                learningRateFactor: learningRateFactor),
        ].filter { !$0.parameters.isEmpty }
    }
}

extension ParameterGroup {
    /// The groups of a model: the two of `standard`, and apart from them the biases of its batch
    /// normalisations where those have a learning rate of their own.
    ///
    /// - Parameters:
    ///   - model: Whose trained parameters are grouped.
    ///   - weightDecay: The strength of the decay.
    ///   - decaysVectors: Whether biases and the parameters of normalisation decay too.
    ///   - normBiasFactor: The factor on the learning rate of the biases of normalisations. Their
    ///     decay is divided by it: a step pulls them to zero as strongly as other parameters.
    public static func of(
        _ model: some Module, weightDecay: Float, decaysVectors: Bool = false,
        normBiasFactor: Float = 1
    ) -> [ParameterGroup] {
        guard normBiasFactor != 1 else {
            return standard(
                model.namedParameters, weightDecay: weightDecay, decaysVectors: decaysVectors)
        }
        let biases = Set(
            model.namedModules.compactMap { named in
                (named.module as? BatchNorm2d).map { ObjectIdentifier($0.bias) }
            })
        let isNormBias = { (named: (key: String, parameter: Parameter)) in
            biases.contains(ObjectIdentifier(named.parameter))
        }
        let group = ParameterGroup(
            model.namedParameters.filter(isNormBias),
            weightDecay: decaysVectors ? weightDecay / normBiasFactor : 0,
            learningRateFactor: normBiasFactor)
        let others = standard(
            model.namedParameters.filter { !isNormBias($0) }, weightDecay: weightDecay,
            decaysVectors: decaysVectors)
        return others + (group.parameters.isEmpty ? [] : [group])
    }
}

extension ParameterGroup {
    /// What an optimiser is told about one parameter.
    public struct Settings: Hashable {
        /// The strength of the decay towards zero.
        public var weightDecay: Float
        /// A factor on the learning rate.
        public var learningRateFactor: Float
    }

    /// `groups` with the settings of single parameters changed by `change`: each group falls apart into
    /// those that are still alike, in the order of their first parameters.
    public static func adjusting(
        _ groups: [ParameterGroup], _ change: (_ key: String, _ settings: inout Settings) -> Void
    ) -> [ParameterGroup] {
        groups.flatMap { group in
            var parts: [ParameterGroup] = []
            var places: [Settings: Int] = [:]
            for named in group.parameters {
                var settings = Settings(
                    weightDecay: group.weightDecay, learningRateFactor: group.learningRateFactor)
                change(named.key, &settings)
                if let place = places[settings] {
                    parts[place].parameters.append(named)
                } else {
                    places[settings] = parts.count
                    parts.append(
                        ParameterGroup(
                            [named], weightDecay: settings.weightDecay,
                            learningRateFactor: settings.learningRateFactor))
                }
            }
            return parts
        }
    }
}
