/// What a pickle describes: plain values, and tensors that lie in the file beside it. None of it can be executed.
public enum PickleValue: Sendable {
    /// Python's `None`.
    case none
    /// A truth value.
    case bool(Bool)
    /// A whole number.
    case int(Int)
    /// A whole number of more than 64 bits, in decimal digits.
    case bigInt(String)
    /// A number.
    case double(Double)
    /// A text.
    case string(String)
    /// Bytes.
    case bytes([UInt8])
    /// An unchangeable list.
    case tuple(PickleTuple)
    /// A list.
    case list(PickleList)
    /// A set, in the order of the pickle.
    case set(PickleList)
    /// A dictionary, ordered.
    case dictionary(PickleDictionary)
    /// A type or a constant that a closed table knows, by its name: `torch.float16`.
    case name(String)
    /// A tensor.
    case tensor(StoredTensor)

    /// The dictionary, if the value is one.
    public var dictionary: PickleDictionary? { if case .dictionary(let value) = self { value } else { nil } }

    /// The tensor, if the value is one.
    public var tensor: StoredTensor? { if case .tensor(let value) = self { value } else { nil } }

    /// The text, if the value is one.
    public var string: String? { if case .string(let value) = self { value } else { nil } }

    /// Whether the value is `True`.
    var isTrue: Bool { if case .bool(true) = self { true } else { false } }

    /// What errors call the value.
    var kind: String {
        switch self {
        case .none: "None"
        case .bool: "a truth value"
        case .int, .bigInt: "a whole number"
        case .double: "a number"
        case .string: "a text"
        case .bytes: "bytes"
        case .tuple: "a tuple"
        case .list: "a list"
        case .set: "a set"
        case .dictionary: "a dictionary"
        case .name(let name): name
        case .tensor: "a tensor"
        }
    }
}

/// An unchangeable list.
public struct PickleTuple: Sendable {
    /// The elements in order.
    public let elements: [PickleValue]
    /// How deep values stand in each other, found once: with tuples that hold another twice, counting again would take ages.
    let depth: Int

    init(_ elements: [PickleValue]) {
        self.elements = elements
        depth = elements.reduce(1) { max($0, $1.depth + 1) }
    }
}

/// A list that a pickle fills, and that does not change once it stands in another value: a pickle cannot make cycles.
public final class PickleList: @unchecked Sendable {
    /// The elements in order.
    public internal(set) var elements: [PickleValue] = []
    let nesting = PickleNesting()
}

/// A dictionary that a pickle fills, and that does not change once it stands in another value.
public final class PickleDictionary: @unchecked Sendable {
    /// Keys and values in the order in which the pickle sets them. Keys may be of any kind.
    public internal(set) var members: [(key: PickleValue, value: PickleValue)] = []
    let nesting = PickleNesting()

    /// The value of a text as key, the last if there are several; nil if there is none. Texts are compared by scalars.
    public subscript(key: String) -> PickleValue? {
        members.last { $0.key.string.map { $0.unicodeScalars.elementsEqual(key.unicodeScalars) } ?? false }?.value
    }
}

/// How deep a container's contents are nested, and whether it may still change.
final class PickleNesting {
    var depth = 1
    var isSealed = false
}

/// A tensor of a PyTorch file: which part of which storage it is.
public struct StoredTensor: Sendable, Hashable {
    /// The storage's key: the name of its member in the archive.
    public let storage: String
    /// The type of the elements.
    public let type: StoredType
    /// Elements of the whole storage, checked against the member's size.
    public let storageCount: Int
    /// The first element.
    public let offset: Int
    /// The extents of the axes.
    public let dimensions: [Int]
    /// How far apart neighbours along each axis lie, in elements.
    public let strides: [Int]

    /// The number of elements.
    public var count: Int { dimensions.reduce(1, *) }

    /// Whether the elements lie one after the other.
    public var isContiguous: Bool {
        var expected = 1
        for (extent, stride) in zip(dimensions, strides).reversed() where extent != 1 {
            if stride != expected { return count == 0 }
            expected *= extent
        }
        return true
    }
}
