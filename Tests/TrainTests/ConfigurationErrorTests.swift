import Foundation
import Testing
import Train

/// A configuration with mistakes, and the text a person gets.
struct WrongConfiguration: Sendable, CustomTestStringConvertible {
    var yaml = ""
    var overrides: [String] = []
    var messages: [String] = []

    var testDescription: String { messages.first ?? yaml }

    /// What the mistakes are found to be; empty if there are none.
    var found: [String] {
        do {
            _ = try Configuration.parse(yaml, file: "a.yaml", overrides: overrides)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    /// The cases in `wrong-configurations.txt`.
    ///
    /// Each begins with `===`; `$` marks an override, `=>` a message, all else is YAML. `(start)`
    /// stands for three lines that make what follows them complete.
    static func table() throws -> [WrongConfiguration] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/wrong-configurations.txt")
        var cases: [WrongConfiguration] = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            if line == "===" {
                cases.append(WrongConfiguration())
            } else if line.hasPrefix("$ ") {
                cases[cases.count - 1].overrides.append(String(line.dropFirst(2)))
            } else if line.hasPrefix("=> ") {
                cases[cases.count - 1].messages.append(String(line.dropFirst(3)))
            } else {
                cases[cases.count - 1].yaml += (line == "(start)" ? start : line) + "\n"
            }
        }
        return cases
    }

    static let start = "data: {name: shapes}\nmodel: {name: resnet20}\nepochs: 15"[...]
}

@Suite struct ConfigurationErrorTests {
    @Test func theTableIsComplete() throws {
        let cases = try WrongConfiguration.table()
        #expect(cases.count == 126)
        #expect(cases.allSatisfy { !$0.messages.isEmpty })
    }

    @Test(arguments: try WrongConfiguration.table())
    func theMessageIs(_ item: WrongConfiguration) {
        #expect(item.found == item.messages)
    }

    @Test func theStartIsRight() {
        #expect(WrongConfiguration(yaml: String(WrongConfiguration.start)).found == [])
    }

    @Test func charactersThatNobodySeesAreNamed() {
        #expect(
            WrongConfiguration(yaml: "epochs: 1\nname: \u{1}").found
                == ["a.yaml:2:7: a control character, which YAML does not allow"])
        #expect(
            WrongConfiguration(yaml: "epochs: 1", overrides: ["epochs=3\nseed: 4"]).found.last
                == "command line: 'epochs=3\\nseed: 4': the value must stand on one line")
        var bytes = Array("é: ü\nname: a".utf8)
        bytes.append(0xFF)
        #expect(throws: ConfigurationError.self) {
            _ = try Configuration.parse(bytes, file: "a.yaml")
        }
        do {
            _ = try Configuration.parse(bytes, file: "a.yaml")
        } catch {
            #expect(
                error.description == "a.yaml:2:8: not UTF-8 text; save the file as UTF-8")
        }
    }

    @Test func columnsCountCharacters() {
        let yaml = "\(WrongConfiguration.start)\nname: [\"é→\", 1, &a b]"
        #expect(
            WrongConfiguration(yaml: yaml).found
                == ["a.yaml:4:7: 'name' expects text, but the value is the list [é→, 1, b]"])
        #expect(
            WrongConfiguration(yaml: "loss: {\"é→\": 1, epoch: 3}").found.contains(
                "a.yaml:1:17: unknown key 'epoch' in 'loss'; the keys there are: label_smoothing, "
                    + "class_weights, dice, task_weights"))
    }

    @Test func aFileThatCannotBeReadIsNamed() {
        do {
            _ = try Configuration.load(contentsOf: "no/such/file.yaml")
            Issue.record("a file that does not exist was read")
        } catch {
            #expect(
                error.description
                    == "no/such/file.yaml: cannot be read: No such file or directory")
        }
        do {
            _ = try Configuration.load(contentsOf: "/")
            Issue.record("a folder was read")
        } catch {
            #expect(error.description == "/: cannot be read: Is a directory")
        }
    }
}
