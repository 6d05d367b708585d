import Foundation

/// A rectangle of a picture, in pixels from the upper left corner.
public struct CropWindow: Hashable, Sendable, CustomStringConvertible {
    /// The first column.
    public var left: Int
    /// The first row.
    public var top: Int
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// A window of `width` columns from `left` and `height` rows from `top`.
    public init(left: Int, top: Int, width: Int, height: Int) {
        self.left = left
        self.top = top
        self.width = width
        self.height = height
    }

    /// For messages: `window 295x97 at (121, 116)`.
    public var description: String { "window \(width)x\(height) at (\(left), \(top))" }
}

/// Draws windows as torchvision's `RandomResizedCrop` does: of a random share of the picture's area and of a random
/// aspect ratio.
public struct RandomWindow: Hashable, Sendable {
    /// The window's area as a share of the picture's.
    public var area: ClosedRange<Double>
    /// Width over height.
    public var aspect: ClosedRange<Double>

    /// The ranges of the two draws; the defaults are those of LAVIS's `blip2_image_train`.
    public init(area: ClosedRange<Double> = 0.5...1, aspect: ClosedRange<Double> = 3.0 / 4...4.0 / 3) {
        self.area = area
        self.aspect = aspect
    }

    /// A window for a picture of the given size: the first of ten tries that fits, else a centred one whose aspect
    /// ratio is the nearest allowed.
    public func draw(
        width: Int, height: Int, using generator: inout some RandomNumberGenerator
    ) -> CropWindow {
        for _ in 0..<10 {
            let pixels = Double(width * height) * Double.random(in: area, using: &generator)
            let ratio = exp(Double.random(in: log(aspect.lowerBound)...log(aspect.upperBound), using: &generator))
            // Python rounds halves to even.
            let columns = Int((pixels * ratio).squareRoot().rounded(.toNearestOrEven))
            let rows = Int((pixels / ratio).squareRoot().rounded(.toNearestOrEven))
            guard columns > 0, columns <= width, rows > 0, rows <= height else { continue }
            return CropWindow(
                left: Int.random(in: 0...width - columns, using: &generator),
                top: Int.random(in: 0...height - rows, using: &generator), width: columns, height: rows)
        }
        return centred(width: width, height: height)
    }

    private func centred(width: Int, height: Int) -> CropWindow {
        var columns = width
        var rows = height
        let ratio = Double(width) / Double(height)
        if ratio < aspect.lowerBound {
            rows = Int((Double(width) / aspect.lowerBound).rounded(.toNearestOrEven))
        } else if ratio > aspect.upperBound {
            columns = Int((Double(height) * aspect.upperBound).rounded(.toNearestOrEven))
        }
        columns = max(1, min(columns, width))
        rows = max(1, min(rows, height))
        return CropWindow(left: (width - columns) / 2, top: (height - rows) / 2, width: columns, height: rows)
    }
}
