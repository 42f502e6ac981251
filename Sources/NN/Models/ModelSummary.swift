import Tensor

/// What one layer does to a shape and what that costs.
public struct LayerSummary: Sendable, Equatable {
    /// The place in the model, such as `layer2.0.conv1`.
    public let name: String
    /// The type, such as `Conv2d`.
    public let kind: String
    /// The shape of the output.
    public let outputShape: Shape
    /// The number of trained values.
    public let parameterCount: Int
    /// The multiply-adds of convolutions and matrix products.
    public let multiplyAdds: Int
}

/// Collects the layers that shapes pass through.
public struct ShapeTrace {
    private let names: [ObjectIdentifier: String]
    fileprivate var layers: [LayerSummary] = []

    init(names: [ObjectIdentifier: String]) { self.names = names }

    /// Notes that `module` gives an output of shape `output`.
    public mutating func note(_ module: any Module, _ output: Shape, multiplyAdds: Int = 0) {
        layers.append(
            LayerSummary(
                name: names[ObjectIdentifier(module)] ?? "", kind: "\(type(of: module))",
                outputShape: output, parameterCount: module.parameterCount,
                multiplyAdds: multiplyAdds))
    }
}

/// The shapes, parameters and multiply-adds of a model for one input shape, computed without
/// running it.
///
/// Multiply-adds count convolutions and matrix products (a multiplication and an addition are one),
/// as the papers do.
public struct ModelSummary: Sendable {
    /// One stage.
    public struct StageSummary: Sendable, Equatable {
        /// The stage's name.
        public let name: String
        /// The shape of its output.
        public let outputShape: Shape
        /// Its layers, in the order of the computation.
        public let layers: [LayerSummary]
        /// The number of trained values.
        public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }
        /// The multiply-adds.
        public var multiplyAdds: Int { layers.reduce(0) { $0 + $1.multiplyAdds } }
    }

    /// The shape of the input.
    public let inputShape: Shape
    /// The stages, first to last.
    public let stages: [StageSummary]

    /// Follows the shape `[batch, height, width, channels]` through `model`.
    public init(of model: some StagedModel, input: Shape) {
        let names = Dictionary(
            uniqueKeysWithValues: model.namedModules.map { (ObjectIdentifier($0.module), $0.name) })
        var shape = input
        stages = model.stages.map { stage in
            var trace = ShapeTrace(names: names)
            shape = stage.outputShape(for: shape, noting: &trace)
            return StageSummary(name: stage.name, outputShape: shape, layers: trace.layers)
        }
        inputShape = input
    }

    /// The number of trained values.
    public var parameterCount: Int { stages.reduce(0) { $0 + $1.parameterCount } }
    /// The multiply-adds.
    public var multiplyAdds: Int { stages.reduce(0) { $0 + $1.multiplyAdds } }

    /// A table with one row per stage, or per layer with `layers`.
    public func table(layers showsLayers: Bool = false) -> String {
        var rows = [["stage", "output", "parameters", "multiply-adds"]]
        rows.append(["input", "\(inputShape)", "", ""])
        for stage in stages {
            if showsLayers {
                for layer in stage.layers {
                    rows.append(
                        row(
                            "  \(layer.name) \(layer.kind)", layer.outputShape,
                            layer.parameterCount, layer.multiplyAdds))
                }
            }
            rows.append(
                row(stage.name, stage.outputShape, stage.parameterCount, stage.multiplyAdds))
        }
        rows.append(["total", "", grouped(parameterCount), grouped(multiplyAdds)])
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            (0..<4).map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column < 2 ? row[column] + space : space + row[column]
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private func row(_ name: String, _ shape: Shape, _ parameters: Int, _ cost: Int) -> [String] {
        [name, "\(shape)", grouped(parameters), grouped(cost)]
    }

    /// 345702410 as `345,702,410`.
    private func grouped(_ number: Int) -> String {
        var text = ""
        for (position, digit) in String(number).reversed().enumerated() {
            if position > 0, position % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
