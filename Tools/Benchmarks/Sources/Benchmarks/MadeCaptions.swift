import Foundation

/// Captions made by rule, as long and as alike as people's: some describe one scene in different words, many words are
/// rare. Files of COCO's two formats. Every draw follows from the seed.
struct MadeCaptions {
    private static let things = words(
        """
        man woman dog cat train bus plate table horse bear kitchen boy girl street bench giraffe elephant zebra clock \
        bathroom pizza sandwich skateboard surfboard umbrella laptop truck motorcycle bicycle sheep cow bird airplane \
        boat toilet sink refrigerator oven couch television vase cake carrot banana apple orange tie suitcase kite \
        snowboard racket bat glove frisbee backpack phone book scissors toothbrush bowl spoon fork knife bottle wine
        """)
    private static let others = words(
        "person lady puppy kitten tram coach dish counter pony cub room kid child road seat animal watch photo slice sub"
    )
    private static let kinds = words(
        """
        white black red small large young old blue green brown yellow wooden little big orange grey tall open empty dirty \
        clean bright dark striped colorful pink furry modern snowy grassy rusty shiny vintage broken double-decker
        """)
    private static let actions = words(
        """
        sitting standing riding holding walking eating looking playing lying parked flying jumping running driving \
        talking posing sleeping grazing waiting hanging leaning swimming cooking cutting serving smiling watching
        """)
    private static let places = [
        "on a table", "in the street", "on the beach", "in a field", "next to a building", "in front of a window",
        "at night", "in the water", "on top of a hill", "near a fence", "under a tree", "in the snow", "on a couch",
        "beside a road", "in a kitchen", "with other people", "at the airport", "by the sea", "behind a car", "outside",
    ]

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// Writes references and the predictions of a system, and returns their files.
    static func write(imageCount: Int, referenceCount: Int, to folder: URL) throws -> (
        references: URL, predictions: URL
    ) {
        var maker = MadeCaptions(seed: 42)
        var images: [[String: Any]] = []
        var annotations: [[String: Any]] = []
        var results: [[String: Any]] = []
        for id in 1...imageCount {
            let scene = maker.scene()
            images.append(["id": id, "file_name": "\(id).jpg"])
            for _ in 0..<referenceCount {
                annotations.append(["id": annotations.count, "image_id": id, "caption": maker.caption(of: scene)])
            }
            results.append(["image_id": id, "caption": maker.caption(of: maker.chance(0.7) ? scene : maker.scene())])
        }
        let files = (
            folder.appendingPathComponent("references.json"), folder.appendingPathComponent("predictions.json")
        )
        let truth: [String: Any] = ["images": images, "annotations": annotations]
        try JSONSerialization.data(withJSONObject: truth).write(to: files.0)
        try JSONSerialization.data(withJSONObject: results).write(to: files.1)
        return files
    }

    private struct Scene {
        var thing: Int
        var other: Int
        var kind: Int
        var action: Int
        var place: Int
    }

    private mutating func scene() -> Scene {
        Scene(
            thing: rare(Self.things.count), other: rare(Self.things.count), kind: rare(Self.kinds.count),
            action: rare(Self.actions.count), place: rare(Self.places.count))
    }

    private mutating func caption(of scene: Scene) -> String {
        let thing = chance(0.3) && scene.thing < Self.others.count ? Self.others[scene.thing] : Self.things[scene.thing]
        let kind = Self.kinds[chance(0.7) ? scene.kind : rare(Self.kinds.count)]
        let action = Self.actions[chance(0.7) ? scene.action : rare(Self.actions.count)]
        let place = Self.places[chance(0.6) ? scene.place : rare(Self.places.count)]
        // One word in twelve is one that few captions have.
        let detail =
            chance(0.7) ? " and a \(Self.things[scene.other])" : " named \(Self.things[scene.other])\(next() % 4000)"
        switch next() % 5 {
        case 0: return "A \(kind) \(thing) \(action) \(place)."
        case 1: return "a \(thing) is \(action) \(place) with a \(Self.things[scene.other])"
        case 2: return "There is a \(kind) \(thing)\(detail), \(action) \(place)."
        case 3: return "The \(thing) \(action) \(place)\(detail) isn't alone."
        default: return "A picture of a \(kind) \(thing)\(detail) \(place)"
        }
    }

    /// A number below `count`, small ones more often, as words of a language are.
    private mutating func rare(_ count: Int) -> Int {
        Int(pow(Double(count), Double(next() % 1_000_000) / 1e6)) - 1
    }

    private mutating func chance(_ part: Double) -> Bool { Double(next() % 1_000_000) < part * 1e6 }

    private mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
