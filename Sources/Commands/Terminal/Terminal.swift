import ArgumentParser
import Glibc
import Support

/// The only place that writes to the terminal.
///
/// Results go to standard output, so that they can be piped; everything about their making goes to
/// standard error.
enum Terminal {
    /// Writes a line of results.
    static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// Writes a line about what is going on.
    static func note(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// Writes to standard error as it is.
    static func draw(_ text: String) { write(text, to: STDERR_FILENO) }

    /// Whether standard error is a terminal that understands control sequences.
    static let isInteractive: Bool = {
        guard isatty(STDERR_FILENO) == 1 else { return false }
        guard let name = getenv("TERM") else { return false }
        return String(cString: name) != "dumb"
    }()

    /// The width of the terminal in columns.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        // A reader that has gone away (`residual predict … | head`) is no error.
        _ = Array(text.utf8).withUnsafeBytes { FileDescriptor.writeAll($0, to: descriptor) }
    }
}

/// How a command ends when something is wrong: the message on standard error, and the status.
enum Failure {
    /// What the user asked for cannot be done as written: configuration, arguments.
    static let usage = ExitCode(2)
    /// It was understood, and failed: data, files, numbers.
    static let work = ExitCode(1)
    /// A check could not be made; `work` is that it was made, and found a difference.
    static let unchecked = ExitCode(2)

    /// Says `error` and gives the status to throw.
    static func report(_ error: any Error, _ code: ExitCode = work) -> ExitCode {
        Terminal.note("\(error)")
        return code
    }
}
