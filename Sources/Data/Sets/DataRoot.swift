import Glibc

/// The folders in which data sets are looked for.
public struct DataRoot: Sendable, Equatable {
    /// The places, in order, with how each came about.
    public let candidates: [String]

    /// One explicit folder, else `$RESIDUAL_DATA`, else `./data`.
    public init(_ path: String? = nil) {
        if let path, !path.isEmpty {
            candidates = [path]
        } else if let value = getenv("RESIDUAL_DATA"), value.pointee != 0 {
            candidates = [String(cString: value)]
        } else {
            candidates = ["data"]
        }
    }

    /// Where `folder` lies.
    ///
    /// - Throws: `DatasetError` that names the places tried and how to get the data.
    public func find(_ folder: String, archive: String? = nil) throws(DatasetError) -> String {
        var places = folder.hasPrefix("/") ? [] : candidates.map { "\($0)/\(folder)" }
        if archive == nil { places.append(folder) }  // a path as it was typed
        if let place = places.first(where: { Files.isFolder($0) }) { return place }
        let source = archive.map { "unpack the official \($0) there" } ?? "put the data set there"
        throw DatasetError(
            path: places.joined(separator: ", "),
            message: "there is no such folder; \(source), or name the data folder explicitly or "
                + "in the environment variable RESIDUAL_DATA")
    }
}
