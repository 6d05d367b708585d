/// How one object lies to another.
public enum Relation: Hashable, Sendable, CaseIterable {
    case left, right, above, below, near, far

    /// Words that may stand between the two.
    public var phrases: [String] {
        switch self {
        case .left: ["left of", "to the left of", "on the left of"]
        case .right: ["right of", "to the right of", "on the right of"]
        case .above: ["above", "over"]
        case .below: ["below", "under", "beneath"]
        case .near: ["next to", "beside", "near", "close to"]
        case .far: ["far from", "far away from"]
        }
    }

    /// Every relation that clearly holds: one of the directions if it outweighs the other, and near or far.
    static func holding(between a: SceneObject, and b: SceneObject) -> [Relation] {
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        var relations: [Relation] = []
        if abs(dx) > 1.5 * abs(dy), abs(dx) > 8 { relations.append(dx > 0 ? .left : .right) }
        if abs(dy) > 1.5 * abs(dx), abs(dy) > 8 { relations.append(dy > 0 ? .above : .below) }
        let gap = distance(dx, dy) - a.radius - b.radius
        if gap < 7 { relations.append(.near) }
        if gap > 20 { relations.append(.far) }
        return relations
    }
}

extension SceneObject {
    /// Words for where in the picture the object lies.
    var placePhrases: [String] {
        switch (Self.third(x), Self.third(y)) {
        case (1, 1): ["in the middle", "in the center", "at the center of the picture"]
        case (1, 0): ["at the top", "near the upper edge", "in the upper half"]
        case (1, 2): ["at the bottom", "near the lower edge", "in the lower half"]
        case (0, 1): ["on the left", "on the left side", "near the left edge"]
        case (2, 1): ["on the right", "on the right side", "near the right edge"]
        case (0, 0): ["in the upper left corner", "at the top left"]
        case (2, 0): ["in the upper right corner", "at the top right"]
        case (0, 2): ["in the lower left corner", "at the bottom left"]
        default: ["in the lower right corner", "at the bottom right"]
        }
    }

    /// The outer columns or rows of the board, or those between.
    private static func third(_ position: Double) -> Int {
        position < squareExtent ? 0 : position < sceneExtent - squareExtent ? 1 : 2
    }
}
