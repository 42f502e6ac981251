extension AugmentationConfiguration {
    /// Training images that are small at first and grow (Howard 2018, "Training Imagenet in 3 hours for
    /// $25; and CIFAR10 for $0.26"): early epochs then cost less.
    public struct ProgressiveResizing: Sendable, Equatable {
        /// Height and width at first.
        public var initialSize = 64
        /// The part of training that is over when they begin to grow.
        public var start = 0.0
        /// The part of training that is over when they have their full size.
        public var end = 0.6
        /// What sizes in between are multiples of.
        public var multiple = 16

        /// The defaults: from 64 pixels on in three fifths of training.
        public init() {}

        /// The size when a part of training is over, from 0 to 1, with images of `fullSize` in the end.
        func size(at part: Double, fullSize: Int) -> Int {
            if part >= end { return fullSize }
            if part <= start { return initialSize }
            let size =
                Double(initialSize)
                + Double(fullSize - initialSize) * (part - start) / (end - start)
            return max(initialSize, Int(size) / multiple * multiple)
        }
    }
}

extension AugmentationConfiguration.ProgressiveResizing: ConfigurationSection {
    package static let fields: [Field<Self>] = [
        .value(
            "initial_size", \.initialSize, rule: .between(8, 4_096),
            "Height and width of the training images at first."
        ).counted(in: "pixels").known(as: "min_res", "initial_scale"),
        .value(
            "start", \.start, rule: .between(0, 1),
            "The part of training that is over when the images begin to grow."
        ).known(as: "delay_fraction", "start_ramp"),
        .value(
            "end", \.end, rule: .between(0, 1),
            "The part of training that is over when the images have their full size. In between the "
                + "size grows with the epochs, evenly."
        ).known(as: "end_ramp"),
        .value(
            "multiple", \.multiple, rule: .between(1, 512),
            "What the sizes in between are multiples of."
        ).counted(in: "pixels").known(as: "size_increment"),
    ]
}
