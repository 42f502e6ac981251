import Foundation
import Testing
import Train

/// Texts that nobody would write: all are read or refused, none ends the program or takes long.
@Suite struct ConfigurationRobustnessTests {
    private static let example: [UInt8] = {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("configs/cifar10-cnn.yaml")
        return Array((try? String(contentsOf: file, encoding: .utf8))!.utf8)
    }()

    /// Whether the bytes are a configuration; errors must have a text.
    private func isValid(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try Configuration.parse(bytes, file: "x.yaml")
            return true
        } catch {
            #expect(!error.problems.isEmpty)
            #expect(error.problems.allSatisfy { $0.description.hasPrefix("x.yaml:") })
            return false
        }
    }

    @Test func everyPrefixIsReadOrRefused() {
        let bytes = Self.example
        let valid = (0...bytes.count).count { isValid(Array(bytes[..<$0])) }
        #expect(isValid(bytes))
        #expect(valid > 1 && valid < bytes.count)
    }

    @Test func everyChangedByteIsReadOrRefused() {
        var generator = SplitMix64(state: 20)
        var valid = 0
        for _ in 0..<4_000 {
            var bytes = Self.example
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            if isValid(bytes) { valid += 1 }
        }
        #expect(valid > 0 && valid < 4_000)
    }

    @Test func signsOfYAMLInRandomOrderAreReadOrRefused() {
        let pieces = [
            "a", "epochs", "data", ":", ": ", "- ", "-", "\n", "\n  ", " ", "[", "]", "{", "}", ",",
            "&a ", "*a", "'", "\"", "#", "|", ">", "!", "%", "@", "?", "? ", "<<", "---", "...",
            "\t", "1", "null", "\\", "é", "\u{FEFF}", "\r",
        ]
        var generator = SplitMix64(state: 3)
        for _ in 0..<4_000 {
            let count = Int.random(in: 1...24, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator)! }.joined()
            #expect(!isValid(Array(text.utf8)), "\(text)")
        }
    }

    @Test func aliasesCannotUnfoldToBillions() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 10)
            text += "a\(level): &a\(level) [\(aliases.joined(separator: ", "))]\n"
        }
        #expect(message(text)?.contains("aliases unfolded") == true)
    }

    @Test func depthAndSizeAreLimited() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(message("a: " + deep) == "x.yaml:1:35: nested more than 32 deep")
        let long = String(repeating: "#", count: 2_000_000)
        #expect(message(long)?.contains("too many for a configuration") == true)
        let wide = "a: [" + String(repeating: "1,", count: 100_000) + "]"
        #expect(message(wide)?.contains("more than 50000 values") == true)
    }

    private func message(_ text: String) -> String? {
        do {
            _ = try Configuration.parse(text, file: "x.yaml")
            return nil
        } catch {
            return error.problems.first { $0.message.contains("nested") }?.description
                ?? error.description
        }
    }
}

/// A small generator (SplitMix64), so that the texts are the same in every run.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
