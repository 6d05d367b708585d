import Configuration

/// The three sections of a recipe.
struct RecipeSections<Model: Configurable, Data: Configurable>: Configurable {
    /// What is trained.
    let model: Model
    /// What it is trained on.
    let data: Data
    /// How it is trained.
    let run: RunConfiguration

    init(from section: ConfigurationSection) throws {
        model = try section.required("model")
        data = try section.required("datasets")
        run = try section.required("run")
    }
}
