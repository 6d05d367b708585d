/// The types and functions that a checkpoint's pickle may name. They are not looked up anywhere: each stands for what is
/// written here.
enum PickleGlobal: String {
    case orderedDictionary = "collections.OrderedDict"
    case tensor = "torch._utils._rebuild_tensor_v2"
    case parameter = "torch._utils._rebuild_parameter"
    case size = "torch.Size"
    case device = "torch.device"
    case encode = "_codecs.encode"
    case set = "builtins.set"
    case counter = "collections.Counter"

    /// A function, a storage type, or a constant of PyTorch.
    enum Known {
        case function(PickleGlobal)
        case storage(StoredType)
        case constant(String)
    }

    private static let storages: [String: StoredType] = [
        "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16, "DoubleStorage": .float64,
        "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
        "ByteStorage": .uint8, "BoolStorage": .bool, "ComplexFloatStorage": .complex64,
    ]

    private static let constants: Set<String> = [
        "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
    ]

    static func known(module: String, name: String) -> Known? {
        // Up to protocol 2 the module bears its name of Python 2.
        let current = module == "__builtin__" ? "builtins" : module
        if let function = PickleGlobal(rawValue: "\(current).\(name)") { return .function(function) }
        guard module == "torch" else { return nil }
        if let type = storages[name] { return .storage(type) }
        return constants.contains(name) ? .constant("torch.\(name)") : nil
    }

    /// The value that calling the function with these arguments stands for.
    func result(of arguments: [PickleItem], _ reader: PickleReader) throws(PickleError) -> PickleValue {
        switch self {
        case .orderedDictionary:
            guard arguments.isEmpty else { throw wrong(arguments, reader) }
            return .dictionary(PickleDictionary())
        case .tensor: return .tensor(try rebuilt(arguments, reader))
        case .parameter:
            guard arguments.count == 3, case .value(.tensor(let tensor)) = arguments[0] else {
                throw wrong(arguments, reader)
            }
            return .tensor(tensor)
        case .size:
            guard arguments.count == 1, let sizes = arguments[0].wholeNumbers else { throw wrong(arguments, reader) }
            return .tuple(PickleTuple(sizes.map { .int($0) }))
        case .device:
            guard let kind = arguments.first?.string else { throw wrong(arguments, reader) }
            return .string(kind)
        case .encode:
            // How protocol 2 writes bytes: as a text of characters up to U+00FF.
            guard arguments.count == 2, let text = arguments[0].string, arguments[1].string == "latin1" else {
                throw wrong(arguments, reader)
            }
            let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
            guard bytes.count == text.unicodeScalars.count else { throw wrong(arguments, reader) }
            return .bytes(bytes)
        case .set:
            guard arguments.count == 1, case .value(.list(let list)) = arguments[0] else {
                throw wrong(arguments, reader)
            }
            return .set(list)
        case .counter:
            guard arguments.count == 1, case .value(.dictionary(let counts)) = arguments[0] else {
                throw wrong(arguments, reader)
            }
            return .dictionary(counts)
        }
    }

    private func wrong(_ arguments: [PickleItem], _ reader: PickleReader) -> PickleError {
        reader.error("calls \(rawValue) with \(arguments.map(\.kind).joined(separator: ", "))")
    }

    /// A tensor of a storage, an offset, extents and strides. What follows says how it trains, which is not needed, and
    /// whether its numbers are to be negated or conjugated, which is refused.
    private func rebuilt(_ arguments: [PickleItem], _ reader: PickleReader) throws(PickleError) -> StoredTensor {
        guard arguments.count >= 6, arguments.count <= 7, case .storage(let storage) = arguments[0],
            case .value(.int(let offset)) = arguments[1], let dimensions = arguments[2].wholeNumbers,
            let strides = arguments[3].wholeNumbers
        else { throw wrong(arguments, reader) }
        if arguments.count == 7, case .value(.dictionary(let marks)) = arguments[6],
            let mark = marks.members.first(where: \.value.isTrue)?.key.string
        {
            throw reader.error(
                "has a tensor of storage \(storage.key) marked \"\(mark)\", which stands for other numbers")
        }
        let tensor = StoredTensor(
            storage: storage.key, type: storage.type, storageCount: storage.count, offset: offset,
            dimensions: dimensions, strides: strides)
        if let problem = tensor.problem { throw reader.error("has a tensor of storage \(storage.key) that \(problem)") }
        return tensor
    }
}
