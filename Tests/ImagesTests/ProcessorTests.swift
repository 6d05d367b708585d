import Foundation
import Images
import Tensors
import TestSupport
import Testing

@Suite struct ProcessorTests {
    let fixtures: Fixtures
    let image: Image

    init() throws {
        fixtures = try Fixtures()
        image = try fixtures.expected.image("rgb.png")
    }

    @Test func evaluationProcessorEqualsTheReference() throws {
        let tensor = EvaluationProcessor(size: 24)(image)
        let expected = try fixtures.expected.tensor(named: "rgb.png/normalized")
        #expect(tensor.shape == [3, 24, 24])
        #expect(tensor.scalars == expected.scalars)
    }

    @Test func trainingProcessorEqualsTheReference() throws {
        let draw = TrainingProcessor.Draw(
            window: CropWindow(left: 10, top: 3, width: 41, height: 37), isFlipped: true)
        let square = TrainingProcessor(size: 32).square(image, draw: draw)
        #expect(difference(square, try fixtures.expected.image("rgb.png/window")) == nil)
        #expect(
            TrainingProcessor(size: 32)(image, draw: draw).scalars == PixelNormalization.clip.tensor(of: square).scalars
        )
    }

    @Test func batchStacksPictures() {
        let squares = [image.resized(width: 8, height: 8), image.flippedHorizontally().resized(width: 8, height: 8)]
        let batch = PixelNormalization.clip.batch(of: squares)
        #expect(batch.shape == [2, 3, 8, 8])
        #expect(batch.scalars == squares.flatMap { PixelNormalization.clip.tensor(of: $0).scalars })
    }

    @Test func windowsCoverTheirRanges() {
        let processor = TrainingProcessor(size: 32)
        var random = SeededNumbers(seed: 3)
        var flips = 0
        var areas: [Double] = []
        // Where the window lies in the room that it has.
        var (across, down): ([Double], [Double]) = ([], [])
        for _ in 0..<2000 {
            let draw = processor.draw(width: 200, height: 150, using: &random)
            let window = draw.window
            #expect(window.left >= 0 && window.left + window.width <= 200)
            #expect(window.top >= 0 && window.top + window.height <= 150)
            let aspect = Double(window.width) / Double(window.height)
            #expect(aspect > 0.73 && aspect < 1.36)
            areas.append(Double(window.width * window.height) / 30_000)
            if window.width <= 180 { across.append(Double(window.left) / Double(200 - window.width)) }
            if window.height <= 130 { down.append(Double(window.top) / Double(150 - window.height)) }
            flips += draw.isFlipped ? 1 : 0
        }
        #expect(flips > 900 && flips < 1100)
        for places in [across, down] {
            #expect(places.count > 500 && (places.min() ?? 1) < 0.02 && (places.max() ?? 0) > 0.98)
            for quarter in 0..<4 {
                let share = Double(places.count { min(Int($0 * 4), 3) == quarter }) / Double(places.count)
                #expect((0.2...0.3).contains(share), "\(share) of the windows in quarter \(quarter)")
            }
        }
        #expect((areas.min() ?? 0) > 0.49 && (areas.min() ?? 0) < 0.52 && (areas.max() ?? 0) > 0.9)
    }

    /// No window of half the area and an aspect of 4/3 fits a narrow picture: torchvision then takes the middle.
    @Test func narrowPicturesGiveTheirMiddle() {
        var random = SeededNumbers(seed: 4)
        let window = RandomWindow()
        #expect(
            window.draw(width: 300, height: 30, using: &random)
                == CropWindow(left: 130, top: 0, width: 40, height: 30))
        #expect(
            window.draw(width: 30, height: 300, using: &random)
                == CropWindow(left: 0, top: 130, width: 30, height: 40))
    }
}
