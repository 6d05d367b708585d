import BLIP2

/// What a stage-1 folder's `config.json` holds.
struct RepresentationDescription: Codable {
    var blip2: BLIP2Configuration
    var hasProjection: Bool

    enum CodingKeys: String, CodingKey {
        case blip2 = "blip2_config"
        case hasProjection = "has_opt_proj"
    }
}
