import Glibc

/// The ten figures of the `shapes` set.
///
/// Each is given by its signed distance in a frame where the figure's radius is 1: negative inside,
/// in units of that radius. No two are alike under any turn, stretch or mirror image that the set
/// applies.
enum Figure: Int, CaseIterable {
    case circle, square, triangle, diamond, cross, star, ring, crescent, heart, arrow

    /// The class name.
    var name: String { "\(self)" }

    /// The signed distance of (`x`, `y`), exact near the edge, which is where it is used.
    func distance(_ x: Float, _ y: Float) -> Float {
        switch self {
        case .circle: return Self.length(x, y) - 0.9
        case .ring: return abs(Self.length(x, y) - 0.74) - 0.2
        case .crescent:
            return max(Self.length(x, y) - 0.95, 0.78 - Self.length(x - 0.48, y))
        case .heart:
            let lobes = min(Self.length(x - 0.42, y + 0.3), Self.length(x + 0.42, y + 0.3)) - 0.5
            return min(lobes, Self.toPolygon(Self.heartTip, x, y))
        case .square: return Self.toPolygon(Self.squareCorners, x, y)
        case .triangle: return Self.toPolygon(Self.triangleCorners, x, y)
        case .diamond: return Self.toPolygon(Self.diamondCorners, x, y)
        case .cross: return Self.toPolygon(Self.crossCorners, x, y)
        case .star: return Self.toPolygon(Self.starCorners, x, y)
        case .arrow: return Self.toPolygon(Self.arrowCorners, x, y)
        }
    }

    typealias Corner = SIMD2<Float>

    private static let squareCorners: [Corner] = [
        [-0.76, -0.76], [0.76, -0.76], [0.76, 0.76], [-0.76, 0.76],
    ]
    private static let triangleCorners: [Corner] = [[0, -1], [0.93, 0.66], [-0.93, 0.66]]
    private static let diamondCorners: [Corner] = [[0, -1.1], [0.55, 0], [0, 1.1], [-0.55, 0]]
    private static let crossCorners: [Corner] = [
        [-0.3, -1], [0.3, -1], [0.3, -0.3], [1, -0.3], [1, 0.3], [0.3, 0.3],
        [0.3, 1], [-0.3, 1], [-0.3, 0.3], [-1, 0.3], [-1, -0.3], [-0.3, -0.3],
    ]
    private static let starCorners: [Corner] = (0..<10).map { corner in
        let angle = Double(corner) * .pi / 5
        let radius = corner % 2 == 0 ? 1.1 : 0.46
        return [Float(radius * sin(angle)), Float(-radius * cos(angle))]
    }
    private static let arrowCorners: [Corner] = [
        [0, -1.1], [0.8, -0.15], [0.28, -0.15], [0.28, 1], [-0.28, 1], [-0.28, -0.15],
        [-0.8, -0.15],
    ]
    private static let heartTip: [Corner] = [[-0.8, 0.03], [0, -0.45], [0.8, 0.03], [0, 1.02]]

    private static func length(_ x: Float, _ y: Float) -> Float { (x * x + y * y).squareRoot() }

    /// The distance to the nearest edge, negative if an odd number of edges is crossed on the way
    /// out.
    private static func toPolygon(_ corners: [Corner], _ x: Float, _ y: Float) -> Float {
        var nearest = Float.greatestFiniteMagnitude
        var isInside = false
        corners.withUnsafeBufferPointer { corners in
            var previous = corners[corners.count - 1]
            for corner in corners {
                let edgeX = previous.x - corner.x
                let edgeY = previous.y - corner.y
                let fromX = x - corner.x
                let fromY = y - corner.y
                let along = (fromX * edgeX + fromY * edgeY) / (edgeX * edgeX + edgeY * edgeY)
                let clamped = min(max(along, 0), 1)
                let restX = fromX - edgeX * clamped
                let restY = fromY - edgeY * clamped
                nearest = min(nearest, restX * restX + restY * restY)
                if (corner.y > y) != (previous.y > y), fromX < edgeX * fromY / edgeY {
                    isInside.toggle()
                }
                previous = corner
            }
        }
        return isInside ? -nearest.squareRoot() : nearest.squareRoot()
    }
}
