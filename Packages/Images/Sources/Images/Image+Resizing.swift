import CImages

/// Which implementation of the resize kernels runs; all give the same bits.
public enum ResizeKernels: String, Hashable, Sendable, CaseIterable {
    /// Plain C.
    case portable
    /// 256-bit integer arithmetic of x86-64 processors.
    case avx2

    /// The variants this processor has, plain C first; `BLIP_SIMD=portable` leaves only that.
    public static var available: [ResizeKernels] {
        img_best_variant() == IMG_AVX2 ? [.portable, .avx2] : [.portable]
    }

    var variant: img_variant { self == .avx2 ? IMG_AVX2 : IMG_PORTABLE }
}

extension Image {
    /// The picture, or a window of it, at a new size, whatever its aspect ratio.
    ///
    /// Equal to the last bit to `crop(window).resize((width, height), filter)` of Pillow 13: antialiased, a pass along
    /// the rows and one along the columns, each rounded from 22-bit fixed point and clipped to 8 bits. `kernels` must be
    /// among the available ones; by default the fastest of them runs.
    public func resized(
        width newWidth: Int, height newHeight: Int, filter: ResampleFilter = .bicubic, window: CropWindow? = nil,
        kernels: ResizeKernels? = nil
    ) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "a picture of \(newWidth)x\(newHeight) pixels")
        let window = window ?? CropWindow(left: 0, top: 0, width: width, height: height)
        check(window)
        if window.width == newWidth && window.height == newHeight { return cropped(to: window) }
        let kernels = kernels ?? ResizeKernels.available[ResizeKernels.available.count - 1]
        precondition(ResizeKernels.available.contains(kernels), "no \(kernels.rawValue) on this processor")
        let resize = Resize(
            window: window, newWidth: newWidth, newHeight: newHeight, filter: filter,
            variant: kernels.variant)
        return resize(self)
    }
}

/// One resize: a pass along the rows and one along the columns.
private struct Resize {
    let window: CropWindow
    let newWidth: Int
    let newHeight: Int
    let filter: ResampleFilter
    let variant: img_variant

    func callAsFunction(_ image: Image) -> Image {
        let bytes = newWidth * newHeight * 3
        let pixels = [UInt8](unsafeUninitializedCapacity: bytes) { target, count in
            image.pixels.withUnsafeBufferPointer { source in
                if let from = source.baseAddress, let to = target.baseAddress {
                    run(from + (window.top * image.width + window.left) * 3, image.width * 3, to)
                }
            }
            count = bytes
        }
        return Image(width: newWidth, height: newHeight, pixels: pixels)
    }

    /// `source` is the window's first pixel, in rows of `stride` bytes.
    private func run(_ source: UnsafePointer<UInt8>, _ stride: Int, _ target: UnsafeMutablePointer<UInt8>) {
        let rowAxis = ResampleAxis(from: window.width, to: newWidth, filter: filter)
        let columnAxis = ResampleAxis(from: window.height, to: newHeight, filter: filter)
        if window.height == newHeight {
            resizeRows(source, stride, count: newHeight, rowAxis, target)
        } else if window.width == newWidth {
            resizeColumns(source, stride, width: newWidth, firstRow: 0, columnAxis, target)
        } else if columnsComeFirst {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: newHeight * window.width * 3) { middle in
                guard let middle = middle.baseAddress else { return }
                resizeColumns(source, stride, width: window.width, firstRow: 0, columnAxis, middle)
                resizeRows(middle, window.width * 3, count: newHeight, rowAxis, target)
            }
        } else {
            // Only the rows that the columns then need.
            let rows = columnAxis.inputs
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: rows.count * newWidth * 3) { middle in
                guard let middle = middle.baseAddress else { return }
                resizeRows(source + rows.lowerBound * stride, stride, count: rows.count, rowAxis, middle)
                resizeColumns(middle, newWidth * 3, width: newWidth, firstRow: rows.lowerBound, columnAxis, target)
            }
        }
    }

    /// Quirk: since version 13 Pillow begins with the columns where the height shrinks by more than twice as many
    /// pixels as the width does. Each pass rounds, so the order shows, by one level in a fifth of the samples.
    private var columnsComeFirst: Bool {
        newHeight < window.height && window.height - newHeight > 2 * (window.width - newWidth)
    }

    private func resizeRows(
        _ source: UnsafePointer<UInt8>, _ stride: Int, count: Int, _ axis: ResampleAxis,
        _ target: UnsafeMutablePointer<UInt8>
    ) {
        axis.withAxis {
            img_resize_rows(
                variant, source, Int64(stride), Int32(window.width), Int32(count), $0, target, Int64(newWidth * 3))
        }
    }

    private func resizeColumns(
        _ source: UnsafePointer<UInt8>, _ stride: Int, width: Int, firstRow: Int, _ axis: ResampleAxis,
        _ target: UnsafeMutablePointer<UInt8>
    ) {
        let rowBytes = Int64(width * 3)
        axis.withAxis {
            img_resize_columns(variant, source, Int64(stride), rowBytes, Int32(firstRow), $0, target, rowBytes)
        }
    }
}
