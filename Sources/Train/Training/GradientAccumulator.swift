import Tensor

/// The mean of the gradients of several batches, as if they were one.
///
/// Each batch counts by its weight, such as its number of images: then the mean is the gradient of the mean loss
/// over all of them, however they were divided.
struct GradientAccumulator {
    private var sum: Gradients?
    private var weight = 0.0

    /// Adds the gradients with respect to `parameters` of the mean over a batch of this weight.
    mutating func add(_ gradients: Gradients, of parameters: [Parameter], weight added: Double) {
        guard var mean = sum else {
            (sum, weight) = (gradients, added)
            return
        }
        let total = weight + added
        guard total > 0 else { return }
        let (kept, new) = (Float(weight / total), Float(added / total))
        for parameter in parameters {
            guard let gradient = gradients[parameter] else { continue }
            if var old = mean[parameter] {
                old.formWeightedSum(kept, gradient, new)
                mean[parameter] = old
            } else {
                mean[parameter] = gradient * new
            }
        }
        (sum, weight) = (mean, total)
    }

    /// The mean, which starts anew; nil where nothing was added.
    mutating func take() -> Gradients? {
        defer { (sum, weight) = (nil, 0) }
        return sum
    }
}
