extension Image {
    /// The picture blended with itself smoothed by (1 1 1, 1 5 1, 1 1 1)/13, as Pillow's `SMOOTH` does
    /// it. Border pixels stay; so does a picture without inner ones.
    func sharpened(by factor: Double) -> Image {
        guard width > 2, height > 2 else { return self }
        let complement = Double(ToneTable.complement(of: factor))
        let rowBytes = width * 3
        return Image(width: width, height: height) { target in
            pixels.withUnsafeBufferPointer { source in
                _ = target.update(fromContentsOf: source)
                for y in 1..<(height - 1) {
                    let start = y * rowBytes
                    for place in (start + 3)..<(start + rowBytes - 3) {
                        let center = Int32(source[place])
                        let sum =
                            4 * center + Self.three(source, place - rowBytes)
                            + Self.three(source, place) + Self.three(source, place + rowBytes)
                        let smooth = (2 * sum + 13) / 26
                        let added = Double(smooth - center) * complement
                        target[place] = byte(Float(Double(center) + added))
                    }
                }
            }
        }
    }

    /// A sample and its neighbours left and right.
    @inline(__always)
    private static func three(_ source: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int32 {
        Int32(source[place - 3]) + Int32(source[place]) + Int32(source[place + 3])
    }
}
