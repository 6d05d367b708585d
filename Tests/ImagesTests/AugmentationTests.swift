import Checkpoints
import Foundation
import Images
import TestSupport
import Testing

/// Every operation against OpenCV's and Pillow's arrays of it.
@Suite struct AugmentationTests {
    let expected: SafetensorsFile

    init() throws {
        expected = try SafetensorsFile(
            contentsOf: Fixtures().folder.appendingPathComponent("augmentations.safetensors"))
    }

    @Test func operationsEqualTheReferenceLibraries() throws {
        var compared = 0
        for name in expected.names where name.contains("/") {
            let parts = name.split(separator: "/").map(String.init)
            let operation = try #require(RandomAugmentation.Operation(rawValue: parts[1]), "\(name)")
            let alteration = RandomAugmentation.Alteration(operation, isReversed: parts.count == 3)
            let message = difference(
                alteration.applied(to: try expected.image(parts[0])), try expected.image(name))
            #expect(message == nil, "\(name): \(message ?? "")")
            compared += 1
        }
        #expect(compared == 26)
    }

    /// At level 5 the factors of these two are 1.
    @Test func someOperationsDoNothing() throws {
        let image = try expected.image("rgb")
        for operation in [RandomAugmentation.Operation.identity, .brightness, .sharpness] {
            #expect(RandomAugmentation.Alteration(operation, isReversed: true).applied(to: image) == image)
        }
    }

    @Test func drawsEachOperationEquallyOften() {
        var random = SeededNumbers(seed: 9)
        var counts: [RandomAugmentation.Operation: Int] = [:]
        var reversed = 0
        for _ in 0..<10_000 {
            let alterations = RandomAugmentation().draw(using: &random)
            #expect(alterations.count <= 2)
            for alteration in alterations { counts[alteration.operation, default: 0] += 1 }
            reversed += alterations.count(where: \.isReversed)
        }
        #expect(counts.count == 10)
        // 10,000 expected in all, 1,000 each, with a deviation of 31.
        #expect(counts.values.allSatisfy { (880...1120).contains($0) })
        #expect((4750...5250).contains(reversed))
    }

    @Test func trainingProcessorAppliesItsDraws() throws {
        let image = try expected.image("rgb")
        let processor = TrainingProcessor(size: 32, augmentation: RandomAugmentation())
        let window = CropWindow(left: 2, top: 1, width: 50, height: 40)
        let plain = processor.square(image, draw: TrainingProcessor.Draw(window: window, isFlipped: true))
        let steps = [RandomAugmentation.Alteration(.rotate), RandomAugmentation.Alteration(.equalize)]
        let altered = processor.square(
            image, draw: TrainingProcessor.Draw(window: window, isFlipped: true, alterations: steps))
        #expect(altered == steps[1].applied(to: steps[0].applied(to: plain)))
        #expect(altered != steps[0].applied(to: steps[1].applied(to: plain)))
    }
}
