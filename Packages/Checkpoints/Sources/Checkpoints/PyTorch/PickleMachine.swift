/// Interprets a pickle as plain values, by a closed table of opcodes and one of names. Every operand is checked before it
/// is used; nothing is executed, and nothing is looked up by a name that a file gives.
///
/// The opcodes are those of Python's `pickletools` that `torch.save` and old checkpoints use.
struct PickleMachine {
    /// How deep values may stand in each other.
    static let depthLimit = 200
    /// The most opcodes, each of which may take some memory.
    static let stepLimit = 1 << 22
    /// The most arguments of a function.
    static let argumentLimit = 64

    private var reader: PickleReader
    private var stack: [PickleItem] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleItem] = [:]

    /// The storages that were named, by their keys.
    private var storages: [String: PickleStorage] = [:]

    /// Bytes that texts may still be turned into: as many as the pickle has, or a few would become any number.
    private var encodableCount: Int

    private init(_ bytes: [UInt8]) {
        reader = PickleReader(bytes)
        encodableCount = bytes.count
    }

    /// The value that a pickle describes, and the storages that its tensors lie in.
    static func run(_ bytes: [UInt8]) throws(PickleError) -> (value: PickleValue, storages: [PickleStorage]) {
        var machine = PickleMachine(bytes)
        for _ in 0..<stepLimit {
            let start = machine.reader.offset
            let byte = try machine.reader.byte()
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw PickleError(offset: start, problem: "has the opcode \(byte), which no checkpoint needs")
            }
            if opcode == .stop { return (try machine.popValue(), Array(machine.storages.values)) }
            try machine.run(opcode)
        }
        throw machine.reader.error("has more than \(stepLimit) opcodes")
    }

    private mutating func run(_ opcode: PickleOpcode) throws(PickleError) {
        switch opcode {
        case .protocol:
            let version = try reader.byte()
            guard version <= 5 else { throw reader.error("is of protocol \(version), wanted at most 5") }
        case .frame: _ = try reader.take(8)
        case .mark: marks.append(stack.count)
        case .pop: _ = try pop()
        case .popMark: _ = try popToMark()
        case .put: try remember(try reader.count(1))
        case .longPut: try remember(try reader.count(4))
        case .memoize: try remember(memo.count)
        case .get: try recall(try reader.count(1))
        case .longGet: try recall(try reader.count(4))
        case .none, .true, .false, .int1, .int2, .int4, .long1, .long4, .double, .shortText, .text, .longText,
            .shortBytes, .bytes, .longBytes:
            push(try literal(opcode))
        case .emptyTuple: push(.tuple(PickleTuple([])))
        case .tuple: try pushTuple(try popToMark())
        case .tuple1: try pushTuple(try pop(1))
        case .tuple2: try pushTuple(try pop(2))
        case .tuple3: try pushTuple(try pop(3))
        case .emptyList: push(.list(PickleList()))
        case .emptySet: push(.set(PickleList()))
        case .emptyDictionary: push(.dictionary(PickleDictionary()))
        case .append: try append(try pop(1))
        case .appends, .addItems: try append(try popToMark())
        case .setItem: try set(try pop(2))
        case .setItems: try set(try popToMark())
        case .global:
            let module = try reader.line()
            try pushGlobal(module, try reader.line())
        case .stackGlobal:
            let names = try pop(2)
            guard let module = names[0].string, let name = names[1].string else {
                throw reader.error("names a type by \(names[0].kind) and \(names[1].kind), wanted texts")
            }
            try pushGlobal(module, name)
        case .reduce: try reduce()
        case .build: try build()
        case .persistentID: try pushStorage()
        case .stop: break
        }
    }

    private mutating func literal(_ opcode: PickleOpcode) throws(PickleError) -> PickleValue {
        switch opcode {
        case .true: .bool(true)
        case .false: .bool(false)
        case .int1: .int(try reader.count(1))
        case .int2: .int(try reader.count(2))
        case .int4: .int(try reader.int32())
        case .long1: try reader.long(try reader.count(1))
        case .long4: try reader.long(try reader.count(4))
        case .double: .double(try reader.double())
        case .shortText: .string(try reader.text(try reader.count(1)))
        case .text: .string(try reader.text(try reader.count(4)))
        case .longText: .string(try reader.text(try reader.count(8)))
        case .shortBytes: .bytes(Array(try reader.take(try reader.count(1))))
        case .bytes: .bytes(Array(try reader.take(try reader.count(4))))
        case .longBytes: .bytes(Array(try reader.take(try reader.count(8))))
        default: .none
        }
    }

    // MARK: Stack and memo

    private mutating func push(_ value: PickleValue) { stack.append(.value(value)) }

    private mutating func pop() throws(PickleError) -> PickleItem {
        guard stack.count > (marks.last ?? 0), let item = stack.popLast() else {
            throw reader.error("takes a value from an empty stack")
        }
        return item
    }

    private mutating func popValue() throws(PickleError) -> PickleValue {
        let item = try pop()
        guard case .value(let value) = item else { throw reader.error("uses \(item.kind) as a value") }
        return value
    }

    private mutating func pop(_ count: Int) throws(PickleError) -> [PickleItem] {
        var items: [PickleItem] = []
        for _ in 0..<count { items.append(try pop()) }
        return items.reversed()
    }

    private mutating func popToMark() throws(PickleError) -> [PickleItem] {
        guard let mark = marks.popLast(), mark <= stack.count else { throw reader.error("has no mark to go back to") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func remember(_ place: Int) throws(PickleError) {
        guard let item = stack.last, stack.count > (marks.last ?? 0) else {
            throw reader.error("remembers a value of an empty stack")
        }
        memo[place] = item
    }

    private mutating func recall(_ place: Int) throws(PickleError) {
        guard let item = memo[place] else { throw reader.error("recalls value \(place), which it never remembered") }
        stack.append(item)
    }

    // MARK: Containers

    private mutating func pushTuple(_ items: [PickleItem]) throws(PickleError) {
        if items.contains(where: \.isArgument) {
            guard items.count <= Self.argumentLimit, !items.contains(where: \.isArguments) else {
                throw reader.error("puts a storage or a function into a tuple that is no list of arguments")
            }
            return stack.append(.arguments(items))
        }
        let tuple = PickleTuple(try items.sealed(reader))
        guard tuple.depth < Self.depthLimit else { throw tooDeep }
        push(.tuple(tuple))
    }

    private var tooDeep: PickleError {
        reader.error("nests values more than \(Self.depthLimit) deep, or in themselves")
    }

    private mutating func append(_ items: [PickleItem]) throws(PickleError) {
        let list: PickleList
        switch stack.last {
        case .value(.list(let own)), .value(.set(let own)): list = own
        case let other: throw reader.error("adds elements to \(other?.kind ?? "nothing"), wanted a list")
        }
        try change(list.nesting, adding: items)
        list.elements += try items.sealed(reader)
    }

    private mutating func set(_ items: [PickleItem]) throws(PickleError) {
        guard case .value(.dictionary(let dictionary)) = stack.last else {
            throw reader.error("sets members of \(stack.last?.kind ?? "nothing"), wanted a dictionary")
        }
        guard items.count.isMultiple(of: 2) else { throw reader.error("sets a member without a value") }
        try change(dictionary.nesting, adding: items)
        let values = try items.sealed(reader)
        for place in stride(from: 0, to: values.count, by: 2) {
            dictionary.members.append((values[place], values[place + 1]))
        }
    }

    /// Checks that a container may change, and how deep it is with its new contents.
    private func change(_ nesting: PickleNesting, adding items: [PickleItem]) throws(PickleError) {
        guard !nesting.isSealed else { throw reader.error("changes a value that already stands in another one") }
        for item in items {
            guard case .value(let value) = item else { continue }
            if value.nesting === nesting { throw tooDeep }
            nesting.depth = max(nesting.depth, value.depth + 1)
        }
        guard nesting.depth < Self.depthLimit else { throw tooDeep }
    }

    // MARK: Names

    private mutating func pushGlobal(_ module: String, _ name: String) throws(PickleError) {
        switch PickleGlobal.known(module: module, name: name) {
        case .function(let function): stack.append(.function(function))
        case .storage(let type): stack.append(.storageType(type))
        case .constant(let name): push(.name(name))
        case nil:
            throw reader.error("asks for \(module).\(name), which no checkpoint needs; nothing was executed")
        }
    }

    private mutating func pushStorage() throws(PickleError) {
        let storage = try PickleStorage(try pop(), reader)
        if let other = storages.updateValue(storage, forKey: storage.key), other != storage {
            throw reader.error(
                "calls storage \(storage.key) \(other.count) elements of \(other.type.rawValue), and then "
                    + "\(storage.count) of \(storage.type.rawValue)")
        }
        stack.append(.storage(storage))
    }

    private mutating func reduce() throws(PickleError) {
        let arguments = try pop()
        let function = try pop()
        guard case .function(let global) = function else { throw reader.error("calls \(function.kind)") }
        guard let items = arguments.tuple(limit: Self.argumentLimit) else {
            throw reader.error("calls \(global.rawValue) with \(arguments.kind), wanted a tuple")
        }
        if global == .encode {
            encodableCount -= items.first?.string?.utf8.count ?? 0
            guard encodableCount >= 0 else { throw reader.error("turns texts into more bytes than it has itself") }
        }
        stack.append(try .value(global.result(of: items, reader)))
    }

    /// The state of an object. Only a dictionary has one here: the `_metadata` of a state dictionary, which says nothing
    /// about tensors.
    private mutating func build() throws(PickleError) {
        let state = try popValue()
        guard case .value(.dictionary) = stack.last, case .dictionary = state else {
            throw reader.error("gives \(state.kind) as state to \(stack.last?.kind ?? "nothing")")
        }
    }
}
