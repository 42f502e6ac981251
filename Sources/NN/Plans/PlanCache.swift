import Tensor

/// The plans of one model, by the size of the images.
///
/// A few sizes are kept, the most recently used: a plan for single images, and one for batches, which
/// grows to the largest that came.
/// The model must not change while there are plans of it: they keep the weights they were made of.
///
/// One owner at a time; not `Sendable`.
public final class PlanCache {
    /// The number of plans that are kept.
    public let limit: Int

    private let model: any Module
    private let probabilities: Bool
    /// The most recently used last.
    private var plans: [(image: [Int], plan: InferencePlan)] = []

    /// Plans for `model`.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - probabilities: Whether a softmax follows its logits.
    ///   - limit: The number of plans that are kept, at least 1.
    public init(_ model: any Module, probabilities: Bool, limit: Int = 8) {
        guard limit >= 1 else { fatalError("PlanCache: limit \(limit); expected at least 1") }
        self.model = model
        self.probabilities = probabilities
        self.limit = limit
    }

    /// A plan for images of shape `[N, H, W, C]`, made where there is none.
    public func plan(for input: Shape) -> InferencePlan {
        let image = Array(input.dimensions.dropFirst())
        let isSingle = input[0] == 1
        var found = plans.firstIndex {
            $0.image == image && $0.plan.isForSingleImages == isSingle
        }.map { plans.remove(at: $0).plan }
        if let plan = found, plan.capacity < input[0] {
            found = InferencePlan(sharing: plan, capacity: input[0])
        }
        while plans.count >= limit { plans.removeFirst() }
        let plan = found ?? InferencePlan(model, input: input, probabilities: probabilities)
        plans.append((image, plan))
        return plan
    }

    /// The results for `images`, `[N, H, W, C]`, row-major: `[N, classes]`. None for none.
    public func callAsFunction(_ images: [Float], shape: Shape) -> [Float] {
        guard images.count == shape.count else {
            fatalError("PlanCache: \(images.count) values do not fill shape \(shape)")
        }
        return images.isEmpty ? [] : plan(for: shape)(images)
    }
}
