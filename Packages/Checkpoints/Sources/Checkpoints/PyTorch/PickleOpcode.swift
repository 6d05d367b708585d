/// The opcodes of a pickle that are understood; Python's names are in `pickletools`.
enum PickleOpcode: UInt8 {
    case `protocol` = 0x80, frame = 0x95, stop = 0x2E
    case mark = 0x28, pop = 0x30, popMark = 0x31
    case put = 0x71, longPut = 0x72, memoize = 0x94, get = 0x68, longGet = 0x6A
    case none = 0x4E, `true` = 0x88, `false` = 0x89
    case int1 = 0x4B, int2 = 0x4D, int4 = 0x4A, long1 = 0x8A, long4 = 0x8B, double = 0x47
    case shortText = 0x8C, text = 0x58, longText = 0x8D
    case shortBytes = 0x43, bytes = 0x42, longBytes = 0x8E
    case emptyTuple = 0x29, tuple = 0x74, tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87
    case emptyList = 0x5D, append = 0x61, appends = 0x65
    case emptySet = 0x8F, addItems = 0x90
    case emptyDictionary = 0x7D, setItem = 0x73, setItems = 0x75
    case global = 0x63, stackGlobal = 0x93, reduce = 0x52, build = 0x62, persistentID = 0x51
}

/// What stands on a pickle's stack: a value, or something that only makes one.
enum PickleItem {
    case value(PickleValue)
    case function(PickleGlobal)
    case storageType(StoredType)
    case storage(PickleStorage)
    /// A tuple with a storage or a function in it, as arguments of a function.
    case arguments([PickleItem])

    var string: String? { if case .value(.string(let text)) = self { text } else { nil } }

    var isArgument: Bool { if case .value = self { false } else { true } }

    var isArguments: Bool { if case .arguments = self { true } else { false } }

    /// The elements of a tuple of at most so many.
    func tuple(limit: Int) -> [PickleItem]? {
        switch self {
        case .value(.tuple(let tuple)) where tuple.elements.count <= limit: tuple.elements.map { .value($0) }
        case .arguments(let items) where items.count <= limit: items
        default: nil
        }
    }

    var kind: String {
        switch self {
        case .value(let value): value.kind
        case .function(let global): global.rawValue
        case .storageType(let type): "the storage type \(type.rawValue)"
        case .storage: "a storage"
        case .arguments: "a tuple with a storage"
        }
    }
}

extension [PickleItem] {
    /// The items as values, which from now on do not change.
    func sealed(_ reader: PickleReader) throws(PickleError) -> [PickleValue] {
        var values: [PickleValue] = []
        values.reserveCapacity(count)
        for item in self {
            guard case .value(let value) = item else { throw reader.error("uses \(item.kind) as a value") }
            value.nesting?.isSealed = true
            values.append(value)
        }
        return values
    }
}

extension PickleValue {
    var nesting: PickleNesting? {
        switch self {
        case .list(let list), .set(let list): list.nesting
        case .dictionary(let dictionary): dictionary.nesting
        default: nil
        }
    }

    var depth: Int { if case .tuple(let tuple) = self { tuple.depth } else { nesting?.depth ?? 0 } }
}
