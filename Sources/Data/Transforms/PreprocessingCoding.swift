import Tensor

/// The saved form, for example
/// `{"resize": {"rule": "shorter_side", "size": 256, "interpolation": "bilinear"},
///   "crop": {"height": 224, "width": 224}, "mean": […], "standard_deviation": […]}`.
/// What was written by hand or by another program is checked in full before it is used.
extension Preprocessing: Codable {
    private enum Key: String, CodingKey {
        case resize, crop, mean
        case standardDeviation = "standard_deviation"
        case rule, size, height, width, interpolation
    }

    private static let largestSide = 16_384

    /// Reads the saved form; throws `DecodingError` with a reason in words for numbers that make
    /// no sense (a wrong count, zero deviation, a size of nothing).
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        resize = .none
        if container.contains(.resize) {
            resize = try Self.rule(container.nestedContainer(keyedBy: Key.self, forKey: .resize))
        }
        if container.contains(.crop), try !container.decodeNil(forKey: .crop) {
            crop = try Self.size(container.nestedContainer(keyedBy: Key.self, forKey: .crop))
        }
        mean = try container.decode([Float].self, forKey: .mean)
        standardDeviation = try container.decode([Float].self, forKey: .standardDeviation)
        if let complaint = Normalization.complaint(
            mean: mean, standardDeviation: standardDeviation)
        {
            throw Self.invalid("preprocessing: \(complaint)", container.codingPath)
        }
    }

    /// Writes the saved form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        var rule = container.nestedContainer(keyedBy: Key.self, forKey: .resize)
        switch resize {
        case .none:
            try rule.encode("none", forKey: .rule)
        case .shorterSide(let side, let interpolation):
            try rule.encode("shorter_side", forKey: .rule)
            try rule.encode(side, forKey: .size)
            try rule.encode(interpolation, forKey: .interpolation)
        case .exact(let size, let interpolation):
            try rule.encode("exact", forKey: .rule)
            try rule.encode(size.height, forKey: .height)
            try rule.encode(size.width, forKey: .width)
            try rule.encode(interpolation, forKey: .interpolation)
        }
        if let crop {
            var size = container.nestedContainer(keyedBy: Key.self, forKey: .crop)
            try size.encode(crop.height, forKey: .height)
            try size.encode(crop.width, forKey: .width)
        }
        try container.encode(mean, forKey: .mean)
        try container.encode(standardDeviation, forKey: .standardDeviation)
    }

    private static func rule(_ container: KeyedDecodingContainer<Key>) throws -> ResizeRule {
        let name = try container.decode(String.self, forKey: .rule)
        if name == "none" { return .none }
        let interpolationName =
            try container.decodeIfPresent(String.self, forKey: .interpolation) ?? "bilinear"
        guard let interpolation = Interpolation(rawValue: interpolationName) else {
            throw invalid(
                "preprocessing: unknown interpolation '\(interpolationName)'; known are "
                    + Interpolation.allCases.map(\.rawValue).joined(separator: ", "),
                container.codingPath)
        }
        switch name {
        case "shorter_side":
            return .shorterSide(try side(container, .size), interpolation)
        case "exact":
            return .exact(try size(container), interpolation)
        default:
            throw invalid(
                "preprocessing: unknown resize rule '\(name)'; known are none, shorter_side, exact",
                container.codingPath)
        }
    }

    private static func size(_ container: KeyedDecodingContainer<Key>) throws -> Spatial {
        Spatial(height: try side(container, .height), width: try side(container, .width))
    }

    private static func side(_ container: KeyedDecodingContainer<Key>, _ key: Key) throws -> Int {
        let value = try container.decode(Int.self, forKey: key)
        guard (1...largestSide).contains(value) else {
            throw invalid(
                "preprocessing: \(key.rawValue) is \(value); it must be from 1 to \(largestSide)",
                container.codingPath + [key])
        }
        return value
    }

    private static func invalid(_ text: String, _ path: [any CodingKey]) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: path, debugDescription: text))
    }
}
