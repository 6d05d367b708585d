/// The kernels of a resize, spread over more input pixels where the picture shrinks (antialiasing).
public enum ResampleFilter: String, Hashable, Sendable, Codable {
    /// A triangle two pixels wide.
    case bilinear
    /// The cubic with a = -0.5, four pixels wide.
    case bicubic

    /// How far the kernel reaches to each side, in pixels.
    var support: Double {
        switch self {
        case .bilinear: 1
        case .bicubic: 2
        }
    }

    /// The kernel at a distance in pixels, with the operations in Pillow's order.
    func weight(_ distance: Double) -> Double {
        let x = distance.magnitude
        switch self {
        case .bilinear: return x < 1 ? 1 - x : 0
        case .bicubic:
            let a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
        }
    }
}
