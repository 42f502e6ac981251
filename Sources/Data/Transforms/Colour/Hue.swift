extension Image {
    /// The picture with every hue moved by `shift` of the circle; saturation and value stay.
    func hueShifted(by shift: Float) -> Image {
        Image(width: width, height: height) { target in
            pixels.withUnsafeBufferPointer { source in
                for place in stride(from: 0, to: source.count, by: 3) {
                    let pixel = SIMD3(source[place], source[place + 1], source[place + 2])
                    let moved = withHueShifted(pixel, by: shift)
                    target[place] = moved.x
                    target[place + 1] = moved.y
                    target[place + 2] = moved.z
                }
            }
        }
    }
}

/// One pixel through HSV and back, in the roundings of torchvision's `adjust_hue`.
@inline(__always)
private func withHueShifted(_ pixel: SIMD3<UInt8>, by shift: Float) -> SIMD3<UInt8> {
    let color = SIMD3<Float>(Float(pixel.x), Float(pixel.y), Float(pixel.z)) * Float(1.0 / 255)
    let value = color.max()
    let range = value - color.min()
    guard range > 0 else { return bytes(color) }
    let saturation = range / value
    let distance = (SIMD3(repeating: value) - color) / range
    let sixths: Float =
        if value == color.x {
            distance.z - distance.y
        } else if value == color.y {
            distance.x + 2 - distance.z
        } else {
            distance.y + 4 - distance.x
        }
    var hue = sixths * Float(1.0 / 6) + 1
    if hue >= 1 { hue -= 1 }
    hue += shift
    // `remainder(1)`: the result has the sign of the divisor.
    if hue >= 1 { hue -= 1 } else if hue < 0 { hue += 1 }
    let position = hue * 6
    let sector = position.rounded(.down)
    let fraction = position - sector
    let part = saturation * fraction
    let q = min(max((1 - part) * value, 0), 1)
    let t = min(max((part + (1 - saturation)) * value, 0), 1)
    let p = min(max((1 - saturation) * value, 0), 1)
    return switch Int(sector) {
    case 1: bytes(SIMD3(q, value, p))
    case 2: bytes(SIMD3(p, value, t))
    case 3: bytes(SIMD3(p, q, value))
    case 4: bytes(SIMD3(t, p, value))
    case 5: bytes(SIMD3(value, p, q))
    default: bytes(SIMD3(value, t, p))
    }
}

/// 0...1 as levels: torchvision multiplies by a little less than 256 and cuts off.
@inline(__always)
private func bytes(_ color: SIMD3<Float>) -> SIMD3<UInt8> {
    let scaled = color * Float(256 - 1e-3)
    return SIMD3(byte(scaled.x), byte(scaled.y), byte(scaled.z))
}
