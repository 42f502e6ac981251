import Tensor
import Train

extension RunEnvironment {
    /// The machine and program as they are now.
    static func current(dataFingerprint: String?) -> RunEnvironment {
        RunEnvironment(
            threadCount: CPUBackend.shared.pool.threadCount,
            instructionSet: CPUBackend.instructionSet, dataFingerprint: dataFingerprint)
    }
}
