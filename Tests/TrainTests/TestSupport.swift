import Foundation
import Support
import Testing
import Train

/// The bytes of a file beside these tests.
func fixture(_ name: String, file: String = #filePath) throws -> [UInt8] {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    return Array(try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)")))
}

/// The elements of a JSON array, all of one kind.
func elements<Element>(
    _ json: JSONValue?, as kind: KeyPath<JSONValue, Element?>
) throws -> [Element] {
    var elements: [Element] = []
    for element in try #require(json?.array) {
        let value = element[keyPath: kind]
        elements.append(try #require(value))
    }
    return elements
}

/// Equal to 1e-12, or both absent.
func expectClose(
    _ ours: Double?, _ theirs: Double?, sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let ours, let theirs else {
        #expect(ours == theirs, sourceLocation: sourceLocation)
        return
    }
    #expect(abs(ours - theirs) <= 1e-12 * max(1, abs(theirs)), sourceLocation: sourceLocation)
}

func expectClose(
    _ ours: [Double], _ theirs: [Double], sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(ours.count == theirs.count, sourceLocation: sourceLocation)
    for (our, their) in zip(ours, theirs) {
        expectClose(our, their, sourceLocation: sourceLocation)
    }
}

/// A new folder of its own, removed when `body` returns.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("residual-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
}

extension ReportContent {
    /// The content of a classification's report.
    init(title: String, modelName: String, dataName: String, evaluation: Evaluation) {
        self.init(
            title: title, modelName: modelName, dataName: dataName,
            evaluation: .classification(evaluation))
    }

    /// The measures of a classification.
    var classification: Evaluation {
        guard case .classification(let evaluation) = evaluation else { fatalError("segmentation") }
        return evaluation
    }
}

/// A strict reading of the tags of a page: every element closed, in order.
enum Markup {
    static let void: Set<String> = ["meta", "img"]

    static func check(_ html: String) throws {
        var open: [String] = []
        var rest = Substring(html).dropFirst("<!DOCTYPE html>".count)
        while let start = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: start)...]
            let end = try #require(rest.firstIndex(of: ">"))
            let tag = rest[..<end]
            rest = rest[rest.index(after: end)...]
            let name = String(tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber })
            #expect(!name.isEmpty, "\(tag)")
            #expect(tag.count { $0 == "\"" } % 2 == 0, "\(tag)")
            if tag.first == "/" {
                #expect(open.last == name, "</\(name)> closes \(open.last ?? "nothing")")
                open.removeLast()
            } else if !void.contains(name), tag.last != "/" {
                open.append(name)
                if name == "script" || name == "style" {
                    let close = try #require(rest.range(of: "</\(name)>"))
                    rest = rest[close.lowerBound...]
                }
            }
        }
        #expect(open.isEmpty)
    }
}
