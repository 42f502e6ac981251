/// `text` behind as many spaces as fill `width` characters.
func leftPadded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

/// `text` and the spaces that fill `width` characters, at least one.
func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
}

/// `line` without the spaces at its end.
func trimmed(_ line: String) -> Substring {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return line
}

/// Breaks a sentence into lines of at most 100 characters.
func wrapped(_ text: String) -> String {
    var output = ""
    var width = 0
    for word in text.split(separator: " ") {
        if width > 0, width + word.count >= 100 {
            output += "\n"
            width = 0
        }
        output += (width == 0 ? "" : " ") + word
        width += word.count + 1
    }
    return output + "\n"
}

/// A confusion matrix for terminals: rows are true classes, columns predicted ones.
///
/// - Parameters:
///   - cell: The text of a cell; empty ones are points.
/// - Returns: Nil where the matrix is too wide.
func confusionTable(
    _ matrix: ConfusionMatrix, _ names: [String], cell: (_ label: Int, _ predicted: Int) -> String
) -> String? {
    let labels = names.map { shortened($0, to: 24) }
    let cells = names.indices.map { label in
        names.indices.map { matrix[label, $0] == 0 ? "." : cell(label, $0) }
    }
    let widest = cells.flatMap { $0 }.map(\.count).max() ?? 0
    let width = max(String(names.count - 1).count + 2, widest) + 1
    let labelWidth = (labels.map(\.count).max() ?? 0) + width
    guard labelWidth + width * names.count <= 150 else { return nil }
    var output = String(repeating: " ", count: labelWidth)
    for index in names.indices { output += leftPadded("[\(index)]", width) }
    output += "\n"
    for (label, row) in cells.enumerated() {
        output += leftPadded(labels[label] + leftPadded("[\(label)]", width), labelWidth)
        output += row.map { leftPadded($0, width) }.joined() + "\n"
    }
    return output
}

/// The most frequent confusions of a matrix for terminals; empty without any.
func confusionList(_ matrix: ConfusionMatrix, _ names: [String]) -> String {
    let top = matrix.topConfusions(limit: 10)
    guard !top.isEmpty else { return "" }
    var output = "\nMost confused (true → predicted)\n\n"
    let width = max(7, String(top[0].count).count)
    for confusion in top {
        let count = leftPadded(String(confusion.count), width)
        let rate = leftPadded(fixedPoint(confusion.rate * 100, digits: 1) + " %", 9)
        output += "\(count)\(rate)  \(names[confusion.label]) → \(names[confusion.predicted])\n"
    }
    return output
}
