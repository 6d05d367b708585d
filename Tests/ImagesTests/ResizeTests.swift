import Foundation
import Images
import TestSupport
import Testing

@Suite struct ResizeTests {
    let fixtures: Fixtures
    let image: Image

    init() throws {
        fixtures = try Fixtures()
        image = try fixtures.expected.image("rgb.png")
    }

    @Test(arguments: ResizeKernels.available, [ResampleFilter.bicubic, .bilinear])
    func resizesAsPillowDoes(kernels: ResizeKernels, filter: ResampleFilter) throws {
        for (width, height) in [(24, 24), (100, 90), (61, 20), (20, 43), (50, 9), (7, 60), (1, 1)] {
            let resized = image.resized(width: width, height: height, filter: filter, kernels: kernels)
            let expected = try fixtures.expected.image("rgb.png/\(filter.rawValue)_\(width)x\(height)")
            #expect(difference(resized, expected) == nil, "\(width)x\(height)")
        }
    }

    /// Every size and window at which a vector kernel could read or write beyond its rows.
    @Test(arguments: ResizeKernels.available) func variantsAgree(kernels: ResizeKernels) {
        var random = SeededNumbers(seed: 1)
        for _ in 0..<300 {
            let width = Int.random(in: 1...40, using: &random)
            let height = Int.random(in: 1...20, using: &random)
            let pixels = (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &random) }
            let image = Image(width: width, height: height, pixels: pixels)
            let left = Int.random(in: 0..<width, using: &random)
            let top = Int.random(in: 0..<height, using: &random)
            let window = CropWindow(
                left: left, top: top, width: Int.random(in: 1...width - left, using: &random),
                height: Int.random(in: 1...height - top, using: &random))
            let size = (Int.random(in: 1...50, using: &random), Int.random(in: 1...50, using: &random))
            let plain = image.resized(width: size.0, height: size.1, window: window, kernels: .portable)
            #expect(image.resized(width: size.0, height: size.1, window: window, kernels: kernels) == plain)
            #expect(image.cropped(to: window).resized(width: size.0, height: size.1) == plain)
        }
    }

    @Test func leavesTheOwnSizeAlone() {
        #expect(image.resized(width: image.width, height: image.height) == image)
    }

    @Test func flipsAndCrops() {
        let small = Image(width: 2, height: 2, pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
        #expect(small.flippedHorizontally().pixels == [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9])
        #expect(small.cropped(to: CropWindow(left: 1, top: 0, width: 1, height: 2)).pixels == [4, 5, 6, 10, 11, 12])
        #expect(small[x: 1, y: 1] == (10, 11, 12))
    }
}
