import Datasets
import NN
import Support

/// A target as something that a model has learned, and in the metadata of its file.
extension Target {
    /// What a model gives logits for that has learned this.
    public var task: ModelTask {
        switch unit {
        case .picture: .classification
        case .pixel: .segmentation
        }
    }

    /// Whether both sort the same things into the same classes, whatever they are called.
    public func isAbout(_ other: Target) -> Bool {
        unit == other.unit && classNames == other.classNames
    }

    /// `the classes Cat, Dog`, or `the classes Pet, Background of pixels`.
    public var summary: String {
        "the classes \(classNames.joined(separator: ", "))" + (unit == .pixel ? " of pixels" : "")
    }

    /// The task in the metadata of a model file.
    var json: JSONValue {
        [
            "name": .string(name), "kind": .string(task.rawValue),
            "classes": .array(classNames.map { .string($0) }),
            "border_class": borderClass.map { .integer($0) } ?? .null,
        ]
    }

    /// Reads what `json` wrote; nil where something is missing or of the wrong kind.
    init?(json: JSONValue) {
        guard let name = json["name"]?.string,
            let task = json["kind"]?.string.flatMap({ ModelTask(rawValue: $0) }),
            let values = json["classes"]?.array, !values.isEmpty
        else { return nil }
        let classNames = values.compactMap(\.string)
        let borderClass = json["border_class"]?.integer
        guard classNames.count == values.count,
            borderClass.map(classNames.indices.contains) ?? true
        else { return nil }
        let unit: Unit =
            switch task {
            case .classification: .picture
            case .segmentation: .pixel
            }
        self.init(name: name, classNames: classNames, unit: unit, borderClass: borderClass)
    }
}
