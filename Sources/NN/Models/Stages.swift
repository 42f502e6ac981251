import Tensor

/// A named part of a model, between whose neighbours it can be split.
public struct Stage {
    /// The name, such as `layer3`.
    public let name: String
    /// The modules inside, in the order of the computation.
    public let modules: [any Module]

    private let body: (Tensor, Phase) -> Tensor
    private let lowering: (PlanValue, inout PlanBuilder) -> PlanValue
    /// Whether the stage is nothing but its modules one after another.
    private var isChain = false

    /// Creates a stage that runs `modules` one after another.
    public init(_ name: String, _ modules: [any Module]) {
        self.init(name, modules) { x, phase in
            modules.reduce(x) { $1($0, phase) }
        } lowering: { x, plan in
            modules.reduce(x) { $1.lower($0, into: &plan) }
        }
        isChain = true
    }

    /// Creates a stage that runs `body`, which `lowering` writes into plans.
    public init(
        _ name: String, _ modules: [any Module],
        body: @escaping (Tensor, Phase) -> Tensor,
        lowering: @escaping (PlanValue, inout PlanBuilder) -> PlanValue
    ) {
        self.name = name
        self.modules = modules
        self.body = body
        self.lowering = lowering
    }

    /// The output of the stage.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor { body(x, phase) }

    /// The output of the stage, of whose values only the inputs of its blocks are kept for the
    /// gradients: the backward sweep computes one block after another again (`Tensor.recomputed`).
    func recomputing(_ x: Tensor, _ phase: Phase) -> Tensor {
        guard isChain, modules.count == 1, let chain = modules[0] as? Sequential else {
            return recomputed(x) { body($0, phase) }
        }
        return chain.layers.reduce(x) { x, layer in recomputed(x) { layer($0, phase) } }
    }

    /// The shape of the output.
    func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        modules.reduce(input) { $1.outputShape(for: $0, noting: &trace) }
    }

    /// Writes the stage into a plan.
    func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue { lowering(x, &plan) }
}

/// A model that is a sequence of named stages: `stem`, `layer1`, …, `head`.
public protocol StagedModel: Module {
    /// The stages, first to last.
    var stages: [Stage] { get }
}

extension StagedModel {
    /// The names of the stages, first to last.
    public var stageNames: [String] { stages.map(\.name) }

    /// The whole: all stages one after another.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        stages.reduce(x) { $1($0, phase) }
    }

    /// The whole, computing the stages named in `recomputed` again for their gradients instead of
    /// keeping their values: less memory, the same bits, one more forward pass of these stages. Names
    /// of no stage are a programmer's error.
    public func callAsFunction(
        _ x: Tensor, _ phase: Phase, recomputing recomputed: Set<String>
    ) -> Tensor {
        if recomputed.isEmpty { return self(x, phase) }
        for name in recomputed { _ = position(of: name) }
        return stages.reduce(x) { x, stage in
            recomputed.contains(stage.name) ? stage.recomputing(x, phase) : stage(x, phase)
        }
    }

    /// The shape of the last stage's output.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        stages.reduce(input) { $1.outputShape(for: $0, noting: &trace) }
    }

    /// All stages, first to last.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        stages.reduce(x) { $1.lower($0, into: &plan) }
    }

    /// The stages up to and with `name`: the features of that stage. An unknown name is a
    /// programmer's error; `stageNames` has the known ones.
    public func prefix(through name: String) -> ModelPart {
        ModelPart(stages: Array(stages[...position(of: name)]))
    }

    /// The stages behind `name`: what makes logits of the features of that stage. An unknown name
    /// is a programmer's error; `stageNames` has the known ones.
    public func suffix(after name: String) -> ModelPart {
        ModelPart(stages: Array(stages[(position(of: name) + 1)...]))
    }

    private func position(of name: String) -> Int {
        let names = stageNames
        guard let position = names.firstIndex(of: name) else {
            fatalError(
                "\(type(of: self)): no stage '\(name)' among \(names.joined(separator: ", "))")
        }
        return position
    }
}

/// Some neighbouring stages of a model. Shares the model's parameters.
public struct ModelPart {
    /// The stages, first to last.
    public let stages: [Stage]

    /// The output of the last stage.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        stages.reduce(x) { $1($0, phase) }
    }

    /// The shape of the output for an input of shape `input`.
    public func outputShape(for input: Shape) -> Shape {
        var trace = ShapeTrace(names: [:])
        return stages.reduce(input) { $1.outputShape(for: $0, noting: &trace) }
    }

    /// The trained values of these stages: all that an optimiser needs to train this part alone.
    public var parameters: [Parameter] {
        stages.flatMap { $0.modules.flatMap(\.parameters) }
    }
}
