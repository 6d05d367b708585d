import Configuration

/// Reads only what decides which other keys are valid: `model.arch`, and whether the file is one of LAVIS's, whose
/// models have a `model_type`.
struct ArchitecturePeek: Configurable {
    let architecture: Architecture
    let isLAVIS: Bool

    init(from section: ConfigurationSection) throws {
        let model = try section.required("model", as: Model.self)
        architecture = model.architecture
        isLAVIS = model.isLAVIS
        try section.acceptEverything()
    }

    private struct Model: Configurable {
        let architecture: Architecture
        let isLAVIS: Bool

        init(from section: ConfigurationSection) throws {
            architecture = try section.required("arch")
            isLAVIS = section.keys.contains("model_type")
            try section.acceptEverything()
        }
    }
}
