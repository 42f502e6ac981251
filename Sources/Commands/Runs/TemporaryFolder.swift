import Foundation
import Support

/// A folder of its own below the system's place for temporary files, gone with this value.
final class TemporaryFolder {
    let path: String

    init(_ purpose: String) throws {
        var base = NSTemporaryDirectory()
        while base.count > 1, base.hasSuffix("/") { base.removeLast() }
        path = "\(base)/residual-\(purpose)-\(UUID().uuidString)"
        try Folders.make(path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
