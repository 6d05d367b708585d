/// The sentence patterns of captions. Slots: `{a}`, `{b}`, `{c}` an object with its article, `{A}`, `{B}` without one,
/// `{r}` how a lies to b, `{p}`, `{q}` where a and b lie, `{n}` the number of objects, `{m}` that number less two, `{k}`
/// the number in the group and `{g}` the group's noun.
enum Patterns {
    /// For a single object.
    static let single = [
        "{a}", "{a}", "{a} {p}", "{a} {p}", "there is {a}", "there is {a} {p}", "a picture of {a}",
        "a photo of {a} {p}",
        "this picture shows {a}", "the image shows {a} {p}", "one can see {a}", "we see {a} {p}", "only {a} is visible",
        "just {a} and nothing else", "a single {A} {p}", "a lone {A}", "{a} sits {p}", "{a} rests {p}", "here is {a}",
        "{a} all alone", "someone drew {a} {p}", "a drawing of {a}", "an otherwise empty scene with {a}",
        "the only thing here is {a}", "{p} there is {a}", "look at this {A}", "{a} floats {p}",
        "a simple sketch with {a}",
        "{a} on a grey background", "nothing but {a}",
    ]

    /// For two different objects, or two of more.
    static let pair = [
        "{a} and {b}", "{a} and {b}", "{a} {r} {b}", "{a} {r} {b}", "there is {a} {r} {b}", "{a} is {r} {b}",
        "the {A} is {r} the {B}", "a picture of {a} and {b}", "a photo of {a} {r} {b}",
        "this picture shows {a} and {b}",
        "the image shows {a} {r} {b}", "one can see {a} and also {b}", "we see {a} with {b}",
        "both {a} and {b} are visible", "{a} together with {b}", "{a} sits {r} {b}", "{a} stands {r} {b}",
        "{a} lies {r} {b}", "{a} can be found {r} {b}", "someone placed {a} {r} {b}", "{a} {p} and {b} {q}",
        "a drawing of {a} with {b}", "here are {a} and {b}", "{a} appears {r} {b}", "a scene with {a} and {b}",
        "{r} {b} there is {a}", "you can see {a} {r} {b}", "{a} but also {b}", "{a} has {b} as its neighbor",
    ]

    /// Only where there are no more than the two.
    static let exactPair = [
        "two shapes, {a} and {b}", "two things, the {A} and the {B}", "there are two objects, {a} and {b}",
        "only {a} and {b}",
    ]

    /// For three or more different objects.
    static let several = [
        "{a}, {b} and {c}", "{a}, {b} and {c}", "a picture of {a}, {b} and {c}", "{a} and {b} with {c}",
        "{a} {r} {b} and {c}", "{n} different shapes, one is {a}", "several shapes such as {a} and {b}",
        "{a} among {n} shapes", "a scene with {a}, {b} and {c}", "we see {a}, {b} and {c} together",
        "{n} shapes including {a} and {b}", "{a}, {b} and {c} are shown", "the {A} and the {B} and {m} more",
        "a collection of {a}, {b} and {c}", "besides {a} there are {b} and {c}", "there are {a}, {b} and {c}",
    ]

    /// For several objects of one kind.
    static let group = [
        "{k} {g}", "{k} {g}", "there are {k} {g}", "a picture of {k} {g}", "a group of {k} {g}", "we see {k} {g}",
        "this image contains {k} {g}", "exactly {k} {g} in the picture", "{k} {g} that look the same", "{k} equal {g}",
        "a set of {k} {g}", "someone drew {k} {g}", "here are {k} {g}", "{k} similar {g} are shown",
    ]

    /// For several objects of one kind, `{b}` being the other one.
    static let groupAndOther = [
        "{k} {g} and {b}", "{k} {g} and {b}", "{b} with {k} {g}", "there are {k} {g} and {b}",
        "a picture of {k} {g} with {b}", "{b} together with {k} {g}", "we see {k} {g} and also {b}",
        "{k} {g} accompany {b}", "apart from {b} there are {k} {g}",
    ]

    /// Every pattern once.
    static var all: Set<String> { Set(single + pair + exactPair + several + group + groupAndOther) }
}
