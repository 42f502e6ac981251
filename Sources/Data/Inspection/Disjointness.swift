/// Proves that no picture is in two of the given parts: neither under one name nor, byte for byte,
/// under two.
///
/// Reads every file. Pictures that cannot be read, and data sets without files, are compared by name
/// alone.
///
/// - Throws: `DatasetError` that names the first picture found twice.
public func requireDisjoint(
    _ parts: [(split: Split, dataset: any Dataset)]
) throws(DatasetError) {
    var names: [String: Split] = [:]
    var contents: [String: (split: Split, name: String)] = [:]
    for (split, dataset) in parts {
        for index in 0..<dataset.count {
            let name = dataset.name(at: index)
            if let other = names[name], other != split {
                throw DatasetError(
                    path: name,
                    message: "is in the \(other.rawValue) part and in the \(split.rawValue) part; "
                        + "what is measured there would count for nothing: list it once")
            }
            names[name] = split
            guard let bytes = try? dataset.fileBytes(at: index) else { continue }
            var hash = ContentHash()
            hash.add(bytes)
            let content = hash.finish()
            if let other = contents[content], other.split != split {
                throw DatasetError(
                    path: name,
                    message:
                        "in the \(split.rawValue) part is the same picture as \(other.name) in "
                        + "the \(other.split.rawValue) part; remove one of them ('residual data "
                        + "check' finds all such pairs)")
            }
            contents[content] = (split, name)
        }
    }
}
