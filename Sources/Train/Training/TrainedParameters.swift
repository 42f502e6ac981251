import NN
import Tensor

/// Which parameters move at which step.
struct TrainedParameters {
    private let all: [Parameter]
    private let late: [Parameter]
    private let earlySteps: Int

    /// - Parameters:
    ///   - model: Whose parameters are trained.
    ///   - earlySteps: How many steps its early parameters are trained; nil for all.
    init(of model: any ClassificationModel, earlySteps: Int?) {
        all = model.parameters
        let early = Set(
            ((model as? any DataInitialized)?.earlyParameters ?? []).map(ObjectIdentifier.init))
        late = all.filter { !early.contains(ObjectIdentifier($0)) }
        self.earlySteps = earlySteps ?? .max
    }

    /// The parameters whose gradients update number `step`, from 0, wants.
    func callAsFunction(at step: Int) -> [Parameter] { step < earlySteps ? all : late }
}
