import Glibc
import Tensor

/// The picture of the `shapes` set while it is being drawn; colours from 0 to 1.
struct ShapesCanvas {
    typealias Color = SIMD3<Float>

    private let side: Int
    private var pixels: [Color]
    private let background: Color

    /// A background that shades from one colour to a similar one in a random direction.
    init(side: Int, _ random: inout RandomStream) {
        self.side = side
        let center = Self.color(&random)
        let change = (Self.color(&random) - 0.5) * 0.35
        let angle = random.uniform() * 2 * Float.pi
        let (alongX, alongY) = (cosf(angle), sinf(angle))
        let half = Float(side) / 2
        background = center
        pixels = (0..<(side * side)).map { place in
            let x = (Float(place % side) + 0.5) / half - 1
            let y = (Float(place / side) + 0.5) / half - 1
            return center + change * (x * alongX + y * alongY)
        }
    }

    private static func color(_ random: inout RandomStream) -> Color {
        [random.uniform(), random.uniform(), random.uniform()]
    }

    /// Up to five faint dots and strokes of any colour, smaller than every figure.
    mutating func addClutter(_ random: inout RandomStream) {
        for _ in 0..<random.integer(below: 6) {
            let x = random.uniform() * Float(side)
            let y = random.uniform() * Float(side)
            let angle = random.uniform() * 2 * Float.pi
            let length = random.uniform() * 7
            let thickness = random.uniform(in: 0.5...1.3)
            let color = Self.color(&random)
            let opacity = random.uniform(in: 0.4...0.9)
            let (endX, endY) = (cosf(angle) * length, sinf(angle) * length)
            let squaredLength = max(endX * endX + endY * endY, 1e-6)
            let reach = length + 3
            paint(color, opacity, x: x, y: y, reach: reach) { offsetX, offsetY in
                let along = min(max((offsetX * endX + offsetY * endY) / squaredLength, 0), 1)
                let restX = offsetX - endX * along
                let restY = offsetY - endY * along
                return (restX * restX + restY * restY).squareRoot() - thickness
            }
        }
    }

    /// The figure itself: radius 8 to 13 pixels, anywhere that keeps it in sight, turned by up to 20
    /// degrees, mirrored half of the time, stretched by up to a seventh, in a colour that differs
    /// from the background.
    mutating func add(_ figure: Figure, _ random: inout RandomStream) {
        let radius = random.uniform(in: 8...13)
        let room = Float(side) - 2 * radius
        let x = radius + random.uniform() * room
        let y = radius + random.uniform() * room
        let angle = random.uniform(in: -0.35...0.35)
        let stretch = random.uniform(in: 0.93...1.07)
        let mirror: Float = random.next() & 1 == 0 ? 1 : -1
        let color = contrastingColor(&random)
        let (cosine, sine) = (cosf(angle) / radius, sinf(angle) / radius)
        paint(color, 1, x: x, y: y, reach: radius * 1.3 + 2) { offsetX, offsetY in
            let turnedX = (cosine * offsetX + sine * offsetY) * mirror * stretch
            let turnedY = (cosine * offsetY - sine * offsetX) / stretch
            return figure.distance(turnedX, turnedY) * radius
        }
    }

    private func contrastingColor(_ random: inout RandomStream) -> Color {
        var color = Self.color(&random)
        for _ in 0..<20 where (color - background).squaredLength < 0.3 {
            color = Self.color(&random)
        }
        return color
    }

    /// Blends `color` over the pixels within `reach` of (`x`, `y`); `distance` is signed, in
    /// pixels, of the offset from that point, and its crossing of zero gives smooth edges.
    private mutating func paint(
        _ color: Color, _ opacity: Float, x: Float, y: Float, reach: Float,
        distance: (Float, Float) -> Float
    ) {
        let rows = max(0, Int(y - reach))..<min(side, Int(y + reach) + 1)
        let columns = max(0, Int(x - reach))..<min(side, Int(x + reach) + 1)
        for row in rows {
            for column in columns {
                let away = distance(Float(column) + 0.5 - x, Float(row) + 0.5 - y)
                let coverage = min(max(0.5 - away, 0), 1) * opacity
                guard coverage > 0 else { continue }
                let place = row * side + column
                pixels[place] += (color - pixels[place]) * coverage
            }
        }
    }

    /// The finished bytes, with noise of a random strength (a triangular distribution).
    func bytesWithNoise(_ random: inout RandomStream) -> [UInt8] {
        let strength = random.uniform(in: 0.02...0.12)
        return [UInt8](unsafeUninitializedCapacity: side * side * 3) { buffer, initialized in
            for pixel in pixels {
                for channel in 0..<3 {
                    let bits = random.next()
                    let noise = (Float(bits & 0xFFFF) + Float(bits >> 16)) / 65_535 - 1
                    let value = (pixel[channel] + noise * strength) * 255 + 0.5
                    buffer[initialized] = UInt8(min(max(value, 0), 255))
                    initialized += 1
                }
            }
        }
    }
}

extension SIMD3<Float> {
    fileprivate var squaredLength: Float { (self * self).sum() }
}
