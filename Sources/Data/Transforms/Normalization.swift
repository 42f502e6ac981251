/// Bytes to centred floats: `(pixel / 255 - mean) / standardDeviation`, for each channel.
public struct Normalization: Sendable, Equatable {
    /// The mean of `pixel / 255`: red, green, blue.
    public let mean: [Float]
    /// The standard deviation of `pixel / 255`: red, green, blue.
    public let standardDeviation: [Float]
    /// The results for all bytes: 256 for red, 256 for green, 256 for blue. Looking them up is as
    /// fast as computing them, and gives the bits of the formula's three separate roundings.
    let table: [Float]

    /// Makes the normalisation of three means and three positive standard deviations.
    public init(mean: [Float], standardDeviation: [Float]) {
        if let complaint = Self.complaint(mean: mean, standardDeviation: standardDeviation) {
            fatalError("Normalization: \(complaint)")
        }
        self.mean = mean
        self.standardDeviation = standardDeviation
        table = (0..<3).flatMap { channel in
            (0..<256).map { (Float($0) / 255 - mean[channel]) / standardDeviation[channel] }
        }
    }

    /// `pixel / 255` and nothing more.
    public static let identity = Normalization(mean: [0, 0, 0], standardDeviation: [1, 1, 1])

    /// The statistics of ImageNet's training set that pretrained torchvision weights expect.
    public static let imageNet = Normalization(
        mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])

    /// What is wrong with the numbers; `nil` if nothing.
    static func complaint(mean: [Float], standardDeviation: [Float]) -> String? {
        if mean.count != 3 { return "mean has \(mean.count) values; 3 are needed (R, G, B)" }
        if standardDeviation.count != 3 {
            return
                "standard deviation has \(standardDeviation.count) values; 3 are needed (R, G, B)"
        }
        if let value = mean.first(where: { !$0.isFinite }) {
            return "mean has the value \(value); only finite numbers make sense"
        }
        if let value = standardDeviation.first(where: { !$0.isFinite || $0 <= 0 }) {
            return "standard deviation has the value \(value); it must be a positive number"
        }
        return nil
    }

    /// Whether both have the same means and deviations.
    public static func == (a: Normalization, b: Normalization) -> Bool {
        a.mean == b.mean && a.standardDeviation == b.standardDeviation
    }
}
