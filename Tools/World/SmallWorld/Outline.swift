import Foundation

extension Form {
    /// Whether a point lies inside the outline; the circle about the outline has radius 1, y points down.
    func contains(_ x: Double, _ y: Double) -> Bool {
        switch self {
        case .circle: x * x + y * y <= 0.9
        case .square: max(abs(x), abs(y)) <= 0.78
        case .triangle: y <= 0.72 && y >= 1.95 * abs(x) - 0.98
        case .star: Self.starContains(x, y)
        case .cross: max(abs(x), abs(y)) <= 0.95 && min(abs(x), abs(y)) <= 0.3
        case .heart: Self.heartContains(x, y)
        case .ring: (0.3...0.95).contains(x * x + y * y)
        case .moon: x * x + y * y <= 0.95 && distance(x - 0.48, y + 0.12) > 0.74
        }
    }

    /// Five points: the plane is folded into one tenth, where the outline is a line from tip to notch.
    private static func starContains(_ x: Double, _ y: Double) -> Bool {
        let tenth = Double.pi / 5
        var angle = atan2(x, -y).magnitude.truncatingRemainder(dividingBy: 2 * tenth)
        angle = min(angle, 2 * tenth - angle)
        let (outer, inner) = (1.0, 0.44)
        let (px, py) = (distance(x, y) * cos(angle), distance(x, y) * sin(angle))
        let (nx, ny) = (inner * cos(tenth), inner * sin(tenth))
        return (nx - outer) * py - ny * (px - outer) >= 0
    }

    private static func heartContains(_ x: Double, _ y: Double) -> Bool {
        let (u, v) = (x * 1.22, 0.12 - y * 1.22)
        let ball = u * u + v * v - 1
        return ball * ball * ball - u * u * v * v * v <= 0
    }
}
