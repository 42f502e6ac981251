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
}
