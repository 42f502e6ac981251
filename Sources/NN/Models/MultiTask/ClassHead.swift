import Tensor

/// Logits for the classes of an image from the last features of an encoder, as at the end of a
/// `ResNet`: `[N, h, w, I]` → `[N, classCount]`.
public final class ClassHead: Module {
    /// The mean over the image.
    public let avgpool: GlobalAveragePool
    /// Dropout before the last layer; it does nothing with probability 0.
    public let dropout: Dropout
    /// The last layer.
    public let fc: Linear

    init(inFeatures: Int, classCount: Int, dropout: Float) {
        avgpool = GlobalAveragePool()
        self.dropout = Dropout(probability: dropout)
        fc = Linear(inFeatures: inFeatures, outFeatures: classCount)
    }

    private var layers: [any Module] { [avgpool, dropout, fc] }

    /// The logits.
    public func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
        layers.reduce(x) { $1($0, phase) }
    }

    /// `[N, classCount]`.
    public func outputShape(for input: Shape, noting trace: inout ShapeTrace) -> Shape {
        layers.reduce(input) { $1.outputShape(for: $0, noting: &trace) }
    }

    /// The logits.
    public func lower(_ x: PlanValue, into plan: inout PlanBuilder) -> PlanValue {
        layers.reduce(x) { $1.lower($0, into: &plan) }
    }
}

/// One head for whole images of a `MultiTaskModel`, with the encoder in front of it: a classifier that
/// shares its weights with the model.
final class ClassHeadModel: ClassificationModel {
    let encoder: ResNetEncoder
    let head: ClassHead

    init(_ encoder: ResNetEncoder, _ head: ClassHead) {
        self.encoder = encoder
        self.head = head
    }

    var classCount: Int { head.fc.outFeatures }
    var classifierNames: [String] { ["head.fc"] }
    var stages: [Stage] { encoder.stages + [Stage("head", [head])] }
}
