import Foundation
import Testing
import Train

/// The repository's root.
private let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

@Suite struct ConfigurationDocumentTests {
    @Test func theReferencePageIsTheGeneratedText() throws {
        let file = root.appendingPathComponent("docs/configuration.md")
        if ProcessInfo.processInfo.environment["RESIDUAL_UPDATE_DOCS"] != nil {
            try configurationReference().write(to: file, atomically: true, encoding: .utf8)
        }
        let committed = try String(contentsOf: file, encoding: .utf8)
        #expect(
            committed == configurationReference(),
            "docs/configuration.md is out of date; run this test with RESIDUAL_UPDATE_DOCS=1")
    }

    @Test func theReferencePageNamesEveryKeyWithItsDefault() {
        let page = configurationReference()
        for line in Configuration().resolvedYAML().split(separator: "\n") {
            let key = line.split(separator: ":")[0].filter { $0 != " " }
            #expect(page.contains("`\(key)`") || page.contains(".\(key)`"), "\(key)")
        }
        #expect(page.contains("| `0.1` (sgd), `0.001` (adamw), `0.02` (muon) |"))
        #expect(page.contains("a number, greater than 0"))
    }

    @Test func theExamplesAreValid() throws {
        let folder = root.appendingPathComponent("configs").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.contains("quickstart.yaml"))
        for name in names { try isValid(name, at: "\(folder)/\(name)") }
    }

    private func isValid(_ name: String, at path: String) throws {
        let loaded = try Configuration.load(contentsOf: path)
        #expect(loaded.values.runName + ".yaml" == name)
        let again = try Configuration.parse(
            loaded.resolvedYAML(withOrigins: true), file: "again.yaml")
        #expect(again.values == loaded.values)
    }
}
