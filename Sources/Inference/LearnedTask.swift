import NN
import Support

/// One of the things that a model has learned: into which classes it sorts pictures, or their pixels.
public struct LearnedTask: Sendable, Equatable {
    /// Its name, such as `breed`.
    public var name: String
    /// Whether it is about pictures or pixels.
    public var kind: ModelTask
    /// The names of the classes, in the order of the logits.
    public var classNames: [String]
    /// The class of pixels that some measures leave out, such as the border of a trimap.
    public var borderClass: Int?

    /// Describes a task.
    public init(name: String, kind: ModelTask, classNames: [String], borderClass: Int? = nil) {
        self.name = name
        self.kind = kind
        self.classNames = classNames
        self.borderClass = borderClass
    }

    /// Whether both sort the same things into the same classes, whatever they are called.
    public func isAbout(_ other: LearnedTask) -> Bool {
        kind == other.kind && classNames == other.classNames
    }

    /// `the classes Cat, Dog`, or `the classes Pet, Background of pixels`.
    public var summary: String {
        "the classes \(classNames.joined(separator: ", "))"
            + (kind == .segmentation ? " of pixels" : "")
    }

    /// The task in the metadata of a model file.
    var json: JSONValue {
        [
            "name": .string(name), "kind": .string(kind.rawValue),
            "classes": .array(classNames.map { .string($0) }),
            "border_class": borderClass.map { .integer($0) } ?? .null,
        ]
    }

    /// Reads what `json` wrote; nil where something is missing or of the wrong kind.
    init?(json: JSONValue) {
        guard let name = json["name"]?.string,
            let kind = json["kind"]?.string.flatMap({ ModelTask(rawValue: $0) }),
            let values = json["classes"]?.array, !values.isEmpty
        else { return nil }
        let classNames = values.compactMap(\.string)
        let borderClass = json["border_class"]?.integer
        guard classNames.count == values.count,
            borderClass.map(classNames.indices.contains) ?? true
        else { return nil }
        self.init(name: name, kind: kind, classNames: classNames, borderClass: borderClass)
    }
}
