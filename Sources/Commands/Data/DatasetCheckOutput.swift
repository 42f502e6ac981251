import Datasets
import Support

// What `data check` prints.
extension DatasetCheck {
    /// A line a problem, then what each part holds.
    var text: String {
        (problems.map(\.description) + parts.map(\.text)).joined(separator: "\n")
    }

    /// The counts in one line.
    var summary: String {
        let certain = problems.count { !$0.isSuspicion }
        let leaks = problems.count(where: \.leaksAcrossSplits)
        let alike = problems.count - certain
        return "\(Format.count(count)) pictures, \(certain) problems"
            + (leaks > 0 ? ", \(leaks) of them pictures in more than one part" : "")
            + (alike > 0 ? "; \(alike) pictures look like one of another part" : "")
    }

    /// Everything, for programs.
    var json: JSONValue {
        [
            "pictures": .integer(count), "clean": .bool(isClean),
            "parts": .array(parts.map(\.json)), "problems": .array(problems.map(\.json)),
        ]
    }
}

extension DatasetCheck.Part {
    fileprivate var text: String {
        let counts = classes.map(\.count)
        var text = "\(split.rawValue): \(Format.count(count)) pictures, \(classes.count) classes"
        if let low = counts.min(), let high = counts.max() {
            text += low == high ? " of \(low)" : " of \(low) to \(high)"
        }
        if unreadable > 0 { text += ", \(unreadable) unreadable" }
        let pixels = maskClasses.reduce(0) { $0 + $1.pixels }
        if pixels > 0 {
            text += "; pixels: "
            text += maskClasses.map {
                "\($0.name) \(Format.fixed(100 * Double($0.pixels) / Double(pixels), 1)) %"
            }.joined(separator: ", ")
        }
        return text
    }

    fileprivate var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("split", .string(split.rawValue)), ("pictures", .integer(count)),
            ("unreadable", .integer(unreadable)),
            ("classes", .object(classes.map { ($0.name, .integer($0.count)) })),
        ]
        if !maskClasses.isEmpty {
            members.append(
                ("mask_pixels", .object(maskClasses.map { ($0.name, .integer($0.pixels)) })))
        }
        return .object(members)
    }
}

extension DatasetProblem {
    fileprivate var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("kind", .string(code)), ("split", .string(split.rawValue)), ("name", .string(name)),
        ]
        if let other {
            members.append(("other", .string(other.name)))
            members.append(("other_split", .string(other.split.rawValue)))
        }
        members.append(("message", .string(description)))
        return .object(members)
    }
}
