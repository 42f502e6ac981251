/// `0.2989 R + 0.587 G + 0.114 B`, from three tables: the weights of Rec. 601 as PyTorch rounds them.
private struct GreyTable {
    private let red = (0..<256).map { Double(Float($0) * 0.2989) }
    private let green = (0..<256).map { Double($0) * Double(Float(0.587)) }
    private let blue = (0..<256).map { Double($0) * Double(Float(0.114)) }

    static let shared = GreyTable()

    /// Calls `body` for each pixel with its place in `pixels` and its grey level, cut off.
    @inline(__always)
    func forEach(_ pixels: UnsafeBufferPointer<UInt8>, _ body: (Int, Int) -> Void) {
        red.withUnsafeBufferPointer { red in
            green.withUnsafeBufferPointer { green in
                blue.withUnsafeBufferPointer { blue in
                    for place in stride(from: 0, to: pixels.count, by: 3) {
                        let pair = Float(
                            red[Int(pixels[place])] + green[Int(pixels[place + 1])])
                        let level = Float(Double(pair) + blue[Int(pixels[place + 2])])
                        body(place, Int(level))
                    }
                }
            }
        }
    }
}

extension Image {
    /// The mean of the pixels' grey levels.
    var meanGreyLevel: Float {
        var sum = 0
        pixels.withUnsafeBufferPointer { GreyTable.shared.forEach($0) { sum += $1 } }
        return Float(sum) / Float(width * height)
    }

    /// The picture without colours.
    func grey() -> Image {
        Image(width: width, height: height) { target in
            pixels.withUnsafeBufferPointer { source in
                GreyTable.shared.forEach(source) { place, level in
                    let level = UInt8(level)
                    target[place] = level
                    target[place + 1] = level
                    target[place + 2] = level
                }
            }
        }
    }

    /// The picture blended with itself without colours.
    func saturated(by factor: Double) -> Image {
        let own = (0..<256).map { Double(Float($0) * Float(factor)) }
        let complement = Double(ToneTable.complement(of: factor))
        return Image(width: width, height: height) { target in
            pixels.withUnsafeBufferPointer { source in
                own.withUnsafeBufferPointer { own in
                    GreyTable.shared.forEach(source) { place, level in
                        let grey = Double(level) * complement
                        target[place] = byte(Float(own[Int(source[place])] + grey))
                        target[place + 1] = byte(Float(own[Int(source[place + 1])] + grey))
                        target[place + 2] = byte(Float(own[Int(source[place + 2])] + grey))
                    }
                }
            }
        }
    }
}
