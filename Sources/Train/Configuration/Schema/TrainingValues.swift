/// A stretch of training, counted in epochs or in steps.
public enum TrainingLength: Sendable, Hashable {
    /// Passes over the training images; may be a fraction.
    case epochs(Double)
    /// Updates of the weights.
    case steps(Int)

    /// The whole number of steps, rounded to the nearest, with `stepsPerEpoch` steps in an epoch.
    public func steps(stepsPerEpoch: Int) -> Int {
        switch self {
        case .epochs(let epochs):
            Int(min((epochs * Double(stepsPerEpoch)).rounded(), 1e15))
        case .steps(let steps): steps
        }
    }

    var amount: Double {
        switch self {
        case .epochs(let epochs): epochs
        case .steps(let steps): Double(steps)
        }
    }

    var countsEpochs: Bool {
        if case .epochs = self { true } else { false }
    }
}

extension TrainingLength: ConfigurationValue {
    package static var kind: String { "a length such as '2 epochs' or '500 steps'" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        guard let (number, unit) = node.quantity else {
            throw ValueProblem(node, expected: Self.kind)
        }
        switch unit {
        case "", "epoch", "epochs", "ep": self = .epochs(number)
        case "step", "steps", "ba":
            guard let steps = Int(exactly: number) else {
                throw ValueProblem(node, expected: "a whole number of steps")
            }
            self = .steps(steps)
        case _ where (try? Duration(from: node)) != nil:
            throw ValueProblem(
                node, expected: Self.kind,
                hint: "the weights must not depend on how fast the machine is; times are for "
                    + "'limits.time_limit' and 'checkpoint.every_time'")
        default: throw ValueProblem(node, expected: Self.kind)
        }
    }

    package var yamlText: String {
        switch self {
        case .epochs(let epochs): "\(epochs.yamlText) epochs"
        case .steps(let steps): "\(steps) steps"
        }
    }
}

extension Duration: ConfigurationValue {
    package static var kind: String { "a time such as '90 s', '30 min' or '2 h'" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        guard let (number, unit) = node.quantity, abs(number) < 1e9 else {
            throw ValueProblem(node, expected: Self.kind)
        }
        let seconds: Double? =
            switch unit {
            case "s", "sec", "second", "seconds": 1
            case "m", "min", "minute", "minutes": 60
            case "h", "hour", "hours": 3600
            case "d", "day", "days": 86_400
            default: nil
            }
        guard let seconds else {
            let hint = unit.isEmpty ? "add a unit: '\(number.yamlText) min'" : nil
            throw ValueProblem(node, expected: Self.kind, hint: hint)
        }
        // Whole milliseconds, so that printing and reading agree.
        self = .milliseconds(Int((number * seconds * 1000).rounded()))
    }

    package var yamlText: String {
        let (seconds, attoseconds) = components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        if milliseconds % 1000 != 0 { return "\((Double(milliseconds) / 1000).yamlText) s" }
        if seconds != 0, seconds % 3600 == 0 { return "\(seconds / 3600) h" }
        if seconds != 0, seconds % 60 == 0 { return "\(seconds / 60) min" }
        return "\(seconds) s"
    }
}

/// A part of the images.
public enum SplitSize: Sendable, Hashable {
    /// Greater than 0 and less than 1.
    case fraction(Double)
    /// A number of images; 0 for none.
    case count(Int)

    /// The number of images out of `total`: rounded to the nearest, but never 0 for a fraction.
    public func count(of total: Int) -> Int {
        switch self {
        case .fraction(let fraction): max(1, Int((fraction * Double(total)).rounded()))
        case .count(let count): count
        }
    }
}

extension SplitSize: ConfigurationValue {
    package static var kind: String { "a fraction below 1 or a number of images" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        switch node.scalar {
        case .integer(let value) where value >= 0 && value <= 1_000_000_000:
            self = .count(Int(value))
        case .number(let value) where value > 0 && value < 1: self = .fraction(value)
        case .number(0): self = .count(0)
        default: throw ValueProblem(node, expected: Self.kind)
        }
    }

    package var yamlText: String {
        switch self {
        case .fraction(let fraction): fraction.yamlText
        case .count(let count): String(count)
        }
    }
}

/// A number for each of red, green and blue.
public enum ChannelValues: Sendable, Hashable {
    /// Measured on the training images.
    case automatic
    /// Given: three numbers.
    case fixed([Double])
}

extension ChannelValues: ConfigurationValue {
    package static var kind: String { "auto, or three numbers from 0 to 1 for red, green and blue" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        if node.plainText == "auto" {
            self = .automatic
            return
        }
        guard case .sequence = node.content else { throw ValueProblem(node, expected: Self.kind) }
        let numbers = try [Double](from: node)
        guard numbers.count == 3, numbers.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
            throw ValueProblem(
                node, expected: Self.kind, hint: "they apply to pixel values divided by 255")
        }
        self = .fixed(numbers)
    }

    package var yamlText: String {
        switch self {
        case .automatic: "auto"
        case .fixed(let numbers): numbers.yamlText
        }
    }
}

extension StageSelection: ConfigurationValue {
    package static var kind: String { "none, all, or a list of stages" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        if case .sequence = node.content {
            let names = try [String](from: node)
            if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
                throw ValueProblem(node, expected: Self.kind, message: "names '\(twice)' twice")
            }
            self = .named(names)
            return
        }
        switch node.plainText {
        case "none": self = .none
        case "all": self = .all
        case let name?: throw ValueProblem(node, expected: Self.kind, hint: "write [\(name)]")
        case nil: throw ValueProblem(node, expected: Self.kind)
        }
    }

    package var yamlText: String {
        switch self {
        case .none: "none"
        case .all: "all"
        case .named(let names): names.yamlText
        }
    }
}

extension LossConfiguration.ClassWeights: ConfigurationValue {
    package static var kind: String { "none, balanced, or a list of numbers" }

    package init(from node: YAMLNode) throws(ValueProblem) {
        if node.plainText == "none" {
            self = .none
        } else if node.plainText == "balanced" {
            self = .balanced
        } else if case .sequence = node.content {
            let weights = try [Double](from: node)
            guard weights.count >= 2, weights.allSatisfy({ $0 >= 0 }),
                weights.contains(where: { $0 > 0 })
            else {
                throw ValueProblem(
                    node, expected: "a number of at least 0 for each class, not all of them 0")
            }
            self = .fixed(weights)
        } else {
            throw ValueProblem(node, expected: Self.kind)
        }
    }

    package var yamlText: String {
        switch self {
        case .none: "none"
        case .balanced: "balanced"
        case .fixed(let weights): weights.yamlText
        }
    }
}

extension YAMLNode {
    /// A number and the word after it, as in `30 min`; the word is empty for a bare number.
    fileprivate var quantity: (number: Double, unit: String)? {
        switch scalar {
        case .integer(let value): return (Double(value), "")
        case .number(let value): return value.isFinite ? (value, "") : nil
        default: break
        }
        guard let text = plainText else { return nil }
        let split = text.firstIndex { $0 == " " || $0.isLetter && $0 != "e" && $0 != "E" }
        guard var split else { return nil }
        // `5ep` and `5epochs`: the `e` belongs to the word, not to the number.
        if YAMLScalar(plain: String(text[..<split])).asDouble == nil,
            let word = text.firstIndex(where: { $0.isLetter })
        {
            split = word
        }
        let unit = text[split...].drop { $0 == " " }
        guard let number = YAMLScalar(plain: String(text[..<split])).asDouble, number.isFinite,
            !unit.isEmpty, unit.allSatisfy(\.isLetter)
        else { return nil }
        return (number, String(unit))
    }
}
