import Foundation
import Glibc
import Support

/// Places and times outside of a run.
enum Folders {
    /// Where measured statistics of data sets are kept: `$XDG_CACHE_HOME/residual`, else
    /// `~/.cache/residual`.
    static var cache: String {
        if let base = getenv("XDG_CACHE_HOME"), base.pointee != 0 {
            return String(cString: base) + "/residual"
        }
        if let home = getenv("HOME"), home.pointee != 0 {
            return String(cString: home) + "/.cache/residual"
        }
        return ".cache/residual"
    }

    /// Now, as reports show it.
    static var date: String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss zzz"
        return formatter.string(from: Date())
    }
}

extension Folders {
    /// Creates `path` and what is missing above it.
    static func make(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError(path: path, message: "cannot be created: \(error.localizedDescription)")
        }
    }
}
