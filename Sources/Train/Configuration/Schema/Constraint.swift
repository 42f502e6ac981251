import Support

/// A rule that a single value must keep, in words and as a test.
package struct Constraint<Value>: Sendable {
    /// Continues "must be …": `greater than 0`.
    let text: String
    /// Whether the text says all about the value, so that its type need not be named.
    var isComplete = false
    /// The test itself.
    let holds: @Sendable (Value) -> Bool
    /// What to add to an error about a value that fails, such as "did you mean …?".
    var hint: (@Sendable (Value) -> String?)?

    /// A rule whose text says all about the value.
    static func complete(
        _ text: String, hint: (@Sendable (Value) -> String?)? = nil,
        holds: @escaping @Sendable (Value) -> Bool
    ) -> Self {
        var rule = Constraint(text, hint: hint, holds: holds)
        rule.isComplete = true
        return rule
    }

    init(
        _ text: String, hint: (@Sendable (Value) -> String?)? = nil,
        holds: @escaping @Sendable (Value) -> Bool
    ) {
        self.text = text
        self.hint = hint
        self.holds = holds
    }
}

extension Constraint where Value: Comparable & Numeric & Sendable & ConfigurationValue {
    static var positive: Self { Constraint("greater than 0") { $0 > 0 } }

    static func atLeast(_ lower: Value) -> Self {
        Constraint("at least \(lower.yamlText)") { $0 >= lower }
    }

    static func between(_ lower: Value, _ upper: Value) -> Self {
        Constraint("from \(lower.yamlText) to \(upper.yamlText)") { $0 >= lower && $0 <= upper }
    }

    static func from(_ lower: Value, below upper: Value) -> Self {
        Constraint("at least \(lower.yamlText) and less than \(upper.yamlText)") {
            $0 >= lower && $0 < upper
        }
    }

    static func above(_ lower: Value, upTo upper: Value) -> Self {
        Constraint("greater than \(lower.yamlText) and at most \(upper.yamlText)") {
            $0 > lower && $0 <= upper
        }
    }

    static func between(exclusive lower: Value, _ upper: Value) -> Self {
        Constraint("between \(lower.yamlText) and \(upper.yamlText), both excluded") {
            $0 > lower && $0 < upper
        }
    }
}

extension Constraint where Value == [Double] {
    /// Two numbers, each of which keeps `rule`.
    static func pair(_ rule: Constraint<Double>) -> Self {
        complete("two numbers, each \(rule.text)") { $0.count == 2 && $0.allSatisfy(rule.holds) }
    }

    /// A lower and an upper bound, each of which keeps `rule`.
    static func interval(_ rule: Constraint<Double>) -> Self {
        complete("two numbers, the smaller first, each \(rule.text)") {
            $0.count == 2 && $0.allSatisfy(rule.holds) && $0[0] <= $0[1]
        }
    }
}

extension Constraint where Value == String {
    static var notEmpty: Self {
        Constraint("not empty") { !$0.isEmpty }
    }

    /// Text that can be part of a file's name on any system.
    static var fileName: Self {
        Constraint("made of letters, digits, '-', '_' and '.', and not begin with '.'") { text in
            let allowed = text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
            return allowed && !text.isEmpty && text.utf8.count <= 100 && text.first != "."
        }
    }

    static func oneOf(_ names: [String]) -> Self {
        complete(
            "one of " + names.joined(separator: ", "),
            hint: { text in
                closestMatch(to: text, in: names).map { "did you mean '\($0)'?" }
            },
            holds: { names.contains($0) })
    }
}

extension Constraint where Value == TrainingLength {
    static var positiveLength: Self { Constraint("greater than 0") { $0.amount > 0 } }
    static var anyLength: Self { Constraint("at least 0") { $0.amount >= 0 } }
}

extension Constraint where Value == [TrainingLength] {
    /// Lengths greater than 0 in rising order, as far as the same unit lets them be compared.
    static var ascendingLengths: Self {
        Constraint("greater than 0 and in rising order") { lengths in
            lengths.allSatisfy { $0.amount > 0 }
                && zip(lengths, lengths.dropFirst()).allSatisfy { a, b in
                    a.countsEpochs != b.countsEpochs || a.amount < b.amount
                }
        }
    }
}

extension Constraint where Value == Duration {
    static var positiveDuration: Self { Constraint("longer than 0 s") { $0 > .zero } }
}
