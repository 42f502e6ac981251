import ArgumentParser
import Glibc
import Synchronization

/// SIGINT and SIGTERM as requests: the first lets the current step end and a checkpoint be written,
/// the second ends the program at once.
enum StopSignals {
    private static let received = Atomic<Int32>(0)

    /// Starts to catch the signals.
    static func install() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                if StopSignals.received.exchange(number, ordering: .relaxed) != 0 {
                    _exit(128 + number)
                }
            }
        }
    }

    /// The status of a program that a signal ended, as shells give it: 130 for SIGINT, 143 for SIGTERM.
    static var exitCode: ExitCode {
        let number = received.load(ordering: .relaxed)
        return ExitCode(128 + (number == 0 ? SIGINT : number))
    }

    /// Why to stop; nil as long as nobody asked.
    @Sendable static func request() -> String? {
        switch received.load(ordering: .relaxed) {
        case 0: nil
        case SIGINT: "interrupted (SIGINT)"
        default: "terminated (SIGTERM)"
        }
    }
}
