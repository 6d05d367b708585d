/// The outlines of the small world.
public enum Form: String, Hashable, Sendable, CaseIterable {
    case circle, square, triangle, star, cross, heart, ring, moon

    /// The word for several.
    public var plural: String { self == .cross ? "crosses" : rawValue + "s" }

    /// The form that a word names, in singular or plural.
    public init?(word: some StringProtocol) {
        guard let form = Form.allCases.first(where: { $0.rawValue == word || $0.plural == word }) else { return nil }
        self = form
    }
}

/// The colours of the small world. Backgrounds are grey, which is none of them.
public enum Colour: String, Hashable, Sendable, CaseIterable {
    case red, green, blue, yellow, orange, purple, pink, cyan, black, white
}

/// How large an object is drawn.
public enum Size: String, Hashable, Sendable, CaseIterable {
    case small, medium, large

    /// Words that captions use for it.
    public var words: [String] {
        switch self {
        case .small: ["small", "small", "little", "tiny"]
        case .medium: ["medium"]
        case .large: ["large", "large", "big", "huge"]
        }
    }

    /// The largest radius of the circle about the object, in pixels of a picture of 64.
    var radius: Double {
        switch self {
        case .small: 5.6
        case .medium: 6.7
        case .large: 7.8
        }
    }
}

/// What covers an object's surface.
public enum Texture: String, Hashable, Sendable, CaseIterable {
    case plain, striped, dotted, checkered

    /// Words that captions use for it.
    public var words: [String] {
        switch self {
        case .plain: ["plain"]
        case .striped: ["striped"]
        case .dotted: ["dotted", "dotted", "spotted"]
        case .checkered: ["checkered", "checkered", "checked"]
        }
    }
}

/// What an object is, apart from its size and place.
public struct Kind: Hashable, Sendable {
    /// The outline.
    public var form: Form
    /// The main colour.
    public var colour: Colour
    /// The surface.
    public var texture: Texture

    /// An object's kind.
    public init(form: Form, colour: Colour, texture: Texture) {
        self.form = form
        self.colour = colour
        self.texture = texture
    }

    /// Every kind there is.
    public static let all: [Kind] = Form.allCases.flatMap { form in
        Colour.allCases.flatMap { colour in
            Texture.allCases.map { Kind(form: form, colour: colour, texture: $0) }
        }
    }

    /// Whether the kind is kept for test pictures: of each form and colour one texture, so that a test picture shows
    /// known forms, colours and textures in combinations that no training picture has.
    public var isHeldOut: Bool {
        let form = Form.allCases.firstIndex(of: form) ?? 0
        let colour = Colour.allCases.firstIndex(of: colour) ?? 0
        let texture = Texture.allCases.firstIndex(of: texture) ?? 0
        return (form + 3 * colour + form * colour) % Texture.allCases.count == texture
    }
}
