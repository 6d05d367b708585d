import Configuration
import Images

extension PictureProcessor {
    /// The processors by the names that LAVIS's configurations use.
    private enum Name: String, CaseIterable, ConfigurationValue {
        case evaluation = "blip_image_eval"
        case captionTraining = "blip2_image_train"
        case augmentedTraining = "blip_image_train"
    }

    /// Reads the keys `vis_processor`, `image_size`, `mean`, `std`, `min_scale` and `max_scale`.
    init(from section: ConfigurationSection) throws {
        let size: Int = try section.required("image_size")
        guard (1...16384).contains(size) else { throw section.error("image_size", "is \(size), wanted 1 to 16384") }
        let standard = PixelNormalization.clip
        let normalization = PixelNormalization(
            mean: try Self.channels("mean", default: standard.mean, section),
            deviation: try Self.channels("std", default: standard.deviation, section))
        switch try section.value("vis_processor", default: Name.evaluation) {
        case .evaluation: self = .evaluation(EvaluationProcessor(size: size, normalization: normalization))
        case .captionTraining:
            self = .training(
                TrainingProcessor(size: size, window: try Self.window(section), normalization: normalization))
        case .augmentedTraining:
            self = .training(
                TrainingProcessor(
                    size: size, window: try Self.window(section), augmentation: RandomAugmentation(),
                    normalization: normalization))
        }
    }

    private static func window(_ section: ConfigurationSection) throws -> RandomWindow {
        let least = try section.value("min_scale", default: 0.5)
        let most = try section.value("max_scale", default: 1.0)
        guard least > 0, least <= most, most <= 1 else {
            throw section.error(
                "min_scale", "is \(least) and max_scale \(most), wanted 0 < min_scale <= max_scale <= 1")
        }
        return RandomWindow(area: least...most)
    }

    private static func channels(
        _ key: String, default standard: [Float], _ section: ConfigurationSection
    ) throws -> [Float] {
        let values = try section.optional(key, as: [Float].self) ?? standard
        guard values.count == 3 else { throw section.error(key, "has \(values.count) numbers, wanted 3") }
        guard key == "mean" || !values.contains(0) else { throw section.error(key, "holds a 0") }
        return values
    }
}
