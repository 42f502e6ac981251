import Tensor

/// What the machine can do at most, measured in the run that is compared with it.
struct MachineLimits {
    /// 10⁹ floating-point operations a second.
    let gflops: Double
    /// Nil where it is not needed: measuring it takes half a gibibyte.
    let bandwidth: MemoryBandwidth?

    static func measured(bandwidth: Bool) -> MachineLimits {
        MachineLimits(
            gflops: CPUBackend.shared.measurePeakGFLOPS(),
            bandwidth: bandwidth ? CPUBackend.shared.measureMemoryBandwidth() : nil)
    }
}
