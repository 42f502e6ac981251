/// One line that is redrawn while something counts up; nothing where nothing can be redrawn.
final class ProgressLine {
    private let title: String
    private var isDrawn = false

    init(_ title: String) { self.title = title }

    /// Shows that `done` of `count` are done.
    func show(_ done: Int, _ count: Int) {
        guard Terminal.isInteractive else { return }
        Terminal.draw("\r\u{1B}[2K\(title)  \(Format.count(done))/\(Format.count(count))")
        isDrawn = true
    }

    /// Shows that it has taken `seconds` so far.
    func show(_ seconds: Int) {
        guard Terminal.isInteractive else { return }
        Terminal.draw("\r\u{1B}[2K\(title)  \(Format.duration(Double(seconds)))")
        isDrawn = true
    }

    /// Removes the line.
    func clear() {
        if isDrawn { Terminal.draw("\r\u{1B}[2K") }
        isDrawn = false
    }
}
