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

    /// The elements of a tuple of whole numbers.
    var wholeNumbers: [Int]? {
        guard let items = tuple(limit: PickleMachine.argumentLimit) else { return nil }
        let numbers = items.compactMap { item -> Int? in if case .value(.int(let number)) = item { number } else { nil }
        }
        return numbers.count == items.count ? numbers : nil
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
