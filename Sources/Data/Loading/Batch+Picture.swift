extension Batch {
    /// One of the pictures as the model sees it, with normalisation undone.
    public func picture(_ place: Int, _ preprocessing: Preprocessing) -> Image {
        let (height, width) = (shape[1], shape[2])
        let start = place * height * width * 3
        let pixels = (0..<(height * width * 3)).map { offset in
            let channel = offset % 3
            let value =
                images[start + offset] * preprocessing.standardDeviation[channel]
                + preprocessing.mean[channel]
            return UInt8(min(max((value * 255).rounded(), 0), 255))
        }
        return Image(width: width, height: height, pixels: pixels)
    }

    /// The mask of one of the pictures; nil for data without masks.
    public func mask(_ place: Int) -> Mask? {
        guard !masks.isEmpty else { return nil }
        let (height, width) = (shape[1], shape[2])
        let pixels = height * width
        return Mask(
            width: width, height: height,
            classes: Array(masks[place * pixels..<(place + 1) * pixels]))
    }
}
