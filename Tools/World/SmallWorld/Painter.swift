import Foundation
import Images

/// Draws scenes: each pixel is the mean of a grid of points, which makes edges smooth.
struct Painter {
    /// Width and height of the pictures, in pixels.
    let size: Int
    private let grid = 4

    private var scale: Double { Double(size) / sceneExtent }

    /// The picture of a scene.
    func picture(of scene: Scene) -> Image {
        var canvas = [Double](repeating: 0, count: size * size * 3)
        for y in 0..<size {
            // A little lighter at the top, so that the ground is not one flat level.
            let level = scene.background + 12 * (0.5 - Double(y) / Double(size))
            for index in y * size * 3..<(y + 1) * size * 3 { canvas[index] = level }
        }
        for object in scene.objects { paint(object, on: &canvas) }
        return Image(width: size, height: size, pixels: canvas.map { UInt8(max(0, min(255, $0.rounded()))) })
    }

    /// The pixels that an object touches: left, top, width and height.
    func box(of object: SceneObject) -> (x: Int, y: Int, width: Int, height: Int) {
        var (left, right, top, bottom) = (size, -1, size, -1)
        forEachPixel(of: object) { x, y, samples in
            guard !samples.isEmpty else { return }
            (left, right) = (min(left, x), max(right, x))
            (top, bottom) = (min(top, y), max(bottom, y))
        }
        return (left, top, right - left + 1, bottom - top + 1)
    }

    private func paint(_ object: SceneObject, on canvas: inout [Double]) {
        let paint = Paint(object)
        forEachPixel(of: object) { x, y, samples in
            let offset = (y * size + x) * 3
            let uncovered = Double(grid * grid - samples.count)
            for channel in 0..<3 {
                let colour = samples.reduce(0) { $0 + paint.level(at: $1, channel: channel) }
                canvas[offset + channel] = (canvas[offset + channel] * uncovered + colour) / Double(grid * grid)
            }
        }
    }

    /// Visits the pixels about an object with those of their points that lie inside, turned upright and relative to
    /// the centre, in pixels of a picture of 64.
    private func forEachPixel(of object: SceneObject, _ visit: (Int, Int, [SIMD2<Double>]) -> Void) {
        let (sine, cosine) = (sin(object.angle), cos(object.angle))
        let columns = pixels(about: object.x, object.radius)
        var samples: [SIMD2<Double>] = []
        for y in pixels(about: object.y, object.radius) {
            for x in columns {
                samples.removeAll(keepingCapacity: true)
                for point in 0..<grid * grid {
                    let px = (Double(x) + (Double(point % grid) + 0.5) / Double(grid)) / scale - object.x
                    let py = (Double(y) + (Double(point / grid) + 0.5) / Double(grid)) / scale - object.y
                    let upright = SIMD2(cosine * px + sine * py, cosine * py - sine * px)
                    let unit = upright / object.radius
                    if object.kind.form.contains(unit.x, unit.y) { samples.append(upright) }
                }
                visit(x, y, samples)
            }
        }
    }

    private func pixels(about centre: Double, _ radius: Double) -> Range<Int> {
        let low = max(0, Int(((centre - radius) * scale).rounded(.down)))
        return low..<min(size, Int(((centre + radius) * scale).rounded(.up)))
    }
}

/// The two tones of an object and where each lies.
private struct Paint {
    private let texture: Texture
    private let grain: Int
    private let base: [Double]
    private let tone: [Double]

    init(_ object: SceneObject) {
        texture = object.kind.texture
        grain = object.grain
        base = object.kind.colour.levels
        let target = object.kind.colour.isLight ? 0.0 : 255.0
        let strength = object.kind.colour == .black ? 0.3 : 0.35
        tone = base.map { $0 + (target - $0) * strength }
    }

    func level(at point: SIMD2<Double>, channel: Int) -> Double {
        isTone(point) ? tone[channel] : base[channel]
    }

    private func isTone(_ p: SIMD2<Double>) -> Bool {
        switch texture {
        case .plain: false
        case .striped: Self.phase(stripeAxis(p), period: 4) < 0.42
        case .dotted:
            distance(Self.phase(p.x, period: 4.2) - 0.5, Self.phase(p.y, period: 4.2) - 0.5) < 0.31
        case .checkered:
            (Self.phase(p.x, period: 6) < 0.5) != (Self.phase(p.y, period: 6) < 0.5)
        }
    }

    private func stripeAxis(_ p: SIMD2<Double>) -> Double {
        switch grain {
        case 0: p.x
        case 1: p.y
        case 2: (p.x + p.y) * 0.5.squareRoot()
        default: (p.x - p.y) * 0.5.squareRoot()
        }
    }

    /// How far a position is in its period, 0 to 1.
    private static func phase(_ position: Double, period: Double) -> Double {
        let turns = position / period
        return turns - turns.rounded(.down)
    }
}

extension Colour {
    /// Red, green and blue, 0 to 255.
    var levels: [Double] {
        switch self {
        case .red: [214, 30, 36]
        case .green: [30, 150, 52]
        case .blue: [36, 66, 214]
        case .yellow: [248, 222, 34]
        case .orange: [245, 130, 16]
        case .purple: [126, 40, 168]
        case .pink: [250, 140, 196]
        case .cyan: [16, 206, 220]
        case .black: [18, 18, 20]
        case .white: [250, 250, 248]
        }
    }

    /// Light colours are patterned with a darker tone, dark ones with a lighter.
    var isLight: Bool {
        switch self {
        case .yellow, .orange, .pink, .cyan, .white: true
        case .red, .green, .blue, .purple, .black: false
        }
    }
}
