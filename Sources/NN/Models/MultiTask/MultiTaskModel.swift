import Tensor

/// A model that learns several things about an image at once (Caruana 1997): one trunk, a head for each
/// task.
///
///     f = encoder(x)                        the features of all scales
///     logits of an image task = fc(mean(f₄))
///     logits of a pixel task = the U-Net's expanding side on f
///
/// Keys: `trunk.conv1.weight` … of a `ResNetEncoder`, or `trunk.backbone.conv1.weight`,
/// `trunk.decoder…`, `trunk.head…` of a `UNet`; `heads.<0…>.fc.{weight,bias}` for the image tasks in
/// their order.
public final class MultiTaskModel: PredictionModel {
    /// The shared part, which is also the head of a pixel task.
    public let trunk: any Trunk
    /// The heads of the image tasks, in their order.
    public let heads: [ClassHead]

    /// The place in `heads` of each task; nil for the pixel task.
    private let places: [Int?]

    init(_ trunk: any Trunk, tasks: [ModelTask], classCounts: [Int], dropout: Float) {
        let pixelTasks = tasks.count { $0 == .segmentation }
        guard tasks.count > 1, pixelTasks == (trunk is UNet ? 1 : 0) else {
            fatalError("MultiTaskModel: \(tasks) on a \(type(of: trunk))")
        }
        self.trunk = trunk
        var heads: [ClassHead] = []
        var places: [Int?] = []
        for (task, classCount) in zip(tasks, classCounts) {
            guard task == .classification else {
                places.append(nil)
                continue
            }
            places.append(heads.count)
            heads.append(
                ClassHead(
                    inFeatures: trunk.encoder.channels[4], classCount: classCount, dropout: dropout)
            )
        }
        self.heads = heads
        self.places = places
        assignLayerIndices()
    }

    /// The last layers of the heads.
    public var classifierNames: [String] {
        heads.indices.map { "heads.\($0).fc" } + (trunk is UNet ? ["trunk.head"] : [])
    }

    /// The number of classes of the first task.
    public var classCount: Int { part(forTask: 0).classCount }

    /// `network`, the whole.
    public var stages: [Stage] { [Stage("network", [self])] }

    /// The logits of all tasks, in their order.
    public func outputs(
        _ x: Tensor, _ phase: Phase, recomputing recomputed: Set<String>
    ) -> [Tensor] {
        let features = trunk.encoder.features(x, phase)
        return places.map { place in
            if let place { return heads[place](features[4], phase) }
            return uNet.logits(of: features, x, phase)
        }
    }

    /// The model of one task, which shares this one's weights.
    public func part(forTask position: Int) -> any PredictionModel {
        if let place = places[position] { return ClassHeadModel(trunk.encoder, heads[place]) }
        return uNet
    }

    private var uNet: UNet {
        guard let uNet = trunk as? UNet else {
            fatalError("MultiTaskModel: a pixel task on a \(type(of: trunk))")
        }
        return uNet
    }

    /// The logits of the first task.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        outputs(x, phase, recomputing: [])[0]
    }

    /// The shape of the logits of the first task. All layers note themselves.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        if trunk is UNet {
            var shape = trunk.outputShape(for: input, noting: &trace)
            var silent = ShapeTrace(names: [:])
            let features = trunk.encoder.outputShape(for: input, noting: &silent)
            for (place, head) in heads.enumerated() {
                let logits = head.outputShape(for: features, noting: &trace)
                if places[0] == place { shape = logits }
            }
            return shape
        }
        let features = trunk.outputShape(for: input, noting: &trace)
        return heads.map { $0.outputShape(for: features, noting: &trace) }[0]
    }

    /// The logits of the first task.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        part(forTask: 0).lower(x, into: &plan)
    }

    /// The logits of all tasks, in their order.
    public func lowerOutputs(_ x: PlanValue, into plan: inout PlanBuilder) -> [PlanValue] {
        let features = trunk.encoder.lowerFeatures(x, into: &plan)
        return places.map { place in
            if let place { return heads[place].lower(features[4], into: &plan) }
            return uNet.lowerLogits(of: features, x, into: &plan)
        }
    }
}
