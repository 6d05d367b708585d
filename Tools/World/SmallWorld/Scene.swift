/// One thing in a picture. Places and lengths are in pixels of a picture of 64.
public struct SceneObject: Hashable, Sendable {
    /// Outline, colour and surface.
    public var kind: Kind
    /// How large it is.
    public var size: Size
    /// The centre's distance from the left edge.
    public var x: Double
    /// The centre's distance from the upper edge.
    public var y: Double
    /// The radius of the circle about it.
    public var radius: Double
    /// How far it is turned, in radians.
    public var angle: Double
    /// Which of four ways the stripes run.
    public var grain: Int
}

/// What a picture shows.
public struct Scene: Hashable, Sendable {
    /// One to four objects that do not touch. Those of one kind, if any, come first.
    public var objects: [SceneObject]
    /// The level of the grey background, 0 to 255.
    public var background: Double

    /// How many objects at the front of the list are of one kind.
    public var groupCount: Int {
        guard let first = objects.first else { return 0 }
        return objects.prefix { $0.kind == first.kind }.count
    }
}

/// The width and height that places refer to.
let sceneExtent = 64.0

/// Objects stand in the squares of a board, one in each. A small image encoder has no more than minutes to learn what
/// forms look like: where each of its patches is one square, it sees them whole.
let squaresAcross = 4

/// The width and height of a square of the board.
let squareExtent = sceneExtent / Double(squaresAcross)

extension Scene {
    /// A random scene of objects whose kinds come from the given list.
    static func random(of kinds: [Kind], _ dice: inout Dice) -> Scene {
        while true {
            let plan = ObjectPlan.random(of: kinds, &dice)
            if let objects = placed(plan, &dice) {
                return Scene(objects: objects, background: dice.real(140...195))
            }
        }
    }

    /// Finds a place for each object in turn; nil if one finds none.
    private static func placed(_ plan: [ObjectPlan], _ dice: inout Dice) -> [SceneObject]? {
        var objects: [SceneObject] = []
        for item in plan {
            let radius = item.size.radius * dice.real(0.96...1)
            guard let (x, y) = freePlace(beside: objects, &dice) else { return nil }
            objects.append(
                SceneObject(
                    kind: item.kind, size: item.size, x: x, y: y, radius: radius, angle: dice.real(-0.15...0.15),
                    grain: dice.below(4)))
        }
        return objects
    }

    /// The middle of a square of the board that is free, give or take what the largest object leaves.
    private static func freePlace(beside objects: [SceneObject], _ dice: inout Dice) -> (Double, Double)? {
        func place(_ dice: inout Dice) -> Double {
            (Double(dice.below(squaresAcross)) + 0.5) * squareExtent + dice.real(-0.15...0.15)
        }
        for _ in 0..<40 {
            let (x, y) = (place(&dice), place(&dice))
            if objects.allSatisfy({ distance($0.x - x, $0.y - y) > squareExtent / 2 }) { return (x, y) }
        }
        return nil
    }
}

func distance(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }

/// An object before it has a place.
private struct ObjectPlan {
    var kind: Kind
    var size: Size

    /// One to four objects; now and then several of one kind, with or without another. No two kinds of a scene have
    /// form and colour in common, so that naming both says which object is meant.
    static func random(of kinds: [Kind], _ dice: inout Dice) -> [ObjectPlan] {
        let count = 1 + dice.share([0.42, 0.38, 0.13, 0.07])
        let grouped = count > 1 && dice.chance(0.3) ? 2 + dice.below(count - 1) : 1
        var chosen: [Kind] = []
        while chosen.count < (grouped > 1 ? min(2, count - grouped + 1) : count) {
            let kind = dice.pick(kinds)
            if chosen.allSatisfy({ $0.form != kind.form || $0.colour != kind.colour }) { chosen.append(kind) }
        }
        return chosen.enumerated().flatMap { index, kind in
            let size = Size.allCases[dice.share(count < 3 ? [0.3, 0.35, 0.35] : [0.4, 0.45, 0.15])]
            return [ObjectPlan](repeating: ObjectPlan(kind: kind, size: size), count: index == 0 ? grouped : 1)
        }
    }
}
