import Datasets
import Glibc
import Synchronization
import Train

/// Counts the steps of a run, and kills the process after one of them: nothing is tidied up.
final class StepCounter: TrainingListener, Sendable {
    private let count = Atomic<Int>(0)
    private let killStep: Int?

    init(killStep: Int?) { self.killStep = killStep }

    /// The updates made since the run began.
    var step: Int { count.load(ordering: .relaxed) }

    func trainingStarted(_ plan: TrainingPlan) {}

    func stepEnded(_ progress: StepProgress) {
        count.store(progress.step, ordering: .relaxed)
        if progress.step == killStep { kill(getpid(), SIGKILL) }
    }

    func evaluating(_ part: Split, done: Int, of count: Int) {}

    func epochEnded(_ row: HistoryRow, isBest: Bool) {}

    func note(_ text: String) {}
}
