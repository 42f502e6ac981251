import Foundation
import Support
import Testing

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
