import Tensor

/// The plans of one model, by the size of the images.
///
/// A few sizes are kept, the most recently used; each plan grows to the largest batch that came.
/// The model must not change while there are plans of it: they keep the weights they were made of.
///
/// One owner at a time; not `Sendable`.
public final class PlanCache {
    /// The number of plans that are kept.
    public let limit: Int

    private let model: any Module
    private let probabilities: Bool
    private let plansSingleImages: Bool
    /// The most recently used last.
    private var plans: [(image: [Int], plan: InferencePlan)] = []

    /// Plans for `model`.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - probabilities: Whether a softmax follows its logits.
    ///   - plansSingleImages: Whether batches of one image have plans of their own, which are faster
    ///     and round otherwise; else an image has the same bits in every batch.
    ///   - limit: The number of plans that are kept, at least 1.
    public init(
        _ model: any Module, probabilities: Bool, plansSingleImages: Bool = false, limit: Int = 4
    ) {
        guard limit >= 1 else { fatalError("PlanCache: limit \(limit); expected at least 1") }
        self.model = model
        self.probabilities = probabilities
        self.plansSingleImages = plansSingleImages
        self.limit = limit
    }

    /// A plan for images of shape `[N, H, W, C]`, made where there is none.
    public func plan(for input: Shape) -> InferencePlan {
        let image = Array(input.dimensions.dropFirst())
        let isSingle = plansSingleImages && input[0] == 1
        var found = plans.firstIndex {
            $0.image == image && $0.plan.isForSingleImages == isSingle
        }.map { plans.remove(at: $0).plan }
        if let plan = found, plan.capacity < input[0] {
            found = InferencePlan(sharing: plan, capacity: input[0])
        }
        while plans.count >= limit { plans.removeFirst() }
        let plan =
            found
            ?? InferencePlan(
                model, input: input, probabilities: probabilities, isForSingleImages: isSingle)
        plans.append((image, plan))
        return plan
    }

    /// The results for `images`, `[N, H, W, C]`, row-major, one for each output of the model:
    /// `[N, classes]`. `N` is at least 1.
    public func callAsFunction(_ images: [Float], shape: Shape) -> [[Float]] {
        guard images.count == shape.count, shape[0] > 0 else {
            fatalError("PlanCache: \(images.count) values do not fill shape \(shape)")
        }
        return plan(for: shape)(images)
    }
}
