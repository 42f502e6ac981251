import Foundation
import Glibc
import Tensor

/// How much memory the steps of a benchmark take, apart from what came before them.
final class MemoryMeter {
    /// What was found, in bytes.
    struct Reading {
        /// The most that the process had in memory since the start.
        let processPeak: Int
        /// What tensors held at the start: weights, an optimiser's state, images. Nil if there was no
        /// start.
        let state: Int?
        /// The most that tensors held on top of it.
        let activationPeak: Int?
    }

    private var state: Int?

    /// Lets all peaks begin anew.
    func start() {
        CPUBackend.shared.resetPeakMemory()
        state = CPUBackend.shared.memoryStatistics.active
        resetProcessPeak()
    }

    /// What was needed since the start; for the process since it began, if there was no start.
    var reading: Reading {
        Reading(
            processPeak: processPeak, state: state,
            activationPeak: state.map { CPUBackend.shared.memoryStatistics.peak - $0 })
    }

    /// Linux forgets the peak when 5 is written here (proc(5)). Where that is not allowed the peak is
    /// that of the whole run, which the first steps reach.
    private func resetProcessPeak() {
        let file = open("/proc/self/clear_refs", O_WRONLY)
        guard file >= 0 else { return }
        _ = write(file, "5", 1)
        close(file)
    }

    /// VmHWM; `getrusage` would add the peak of the program that started this one.
    private var processPeak: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.count > 1, let kibibytes = Int(words[1]) { return kibibytes << 10 }
        }
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage.ru_maxrss << 10
    }
}
