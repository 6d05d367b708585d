import Tensors

/// Which differences between a module and a checkpoint are meant to be.
public struct LoadPolicy: Sendable, Hashable {
    /// Names of weights that the checkpoint need not have; `*` stands for any run of characters.
    public var missing: [String]
    /// Names in the checkpoint that the module need not have; `*` stands for any run of characters.
    public var unexpected: [String]

    /// Allows only the differences that these patterns name.
    public init(missing: [String] = [], unexpected: [String] = []) {
        self.missing = missing
        self.unexpected = unexpected
    }

    /// Every weight is in the checkpoint, and nothing else is.
    public static let strict = LoadPolicy()
}

/// Fills a module's weights from a checkpoint.
///
/// A weight that is frozen stays in the storage type of the file, or is brought to another as it is read; one that trains
/// is widened to float32. No more than one matrix lies in memory in two types at a time.
///
/// - Parameters:
///   - module: what to fill
///   - source: where the tensors come from
///   - prefix: stands in front of the module's names in the checkpoint, with its dot; names without it are left alone
///   - policy: which keys may be missing or unexpected
///   - format: the storage type of a frozen matrix, by the module's name; nil for the file's
/// - Throws: one `LoadError` with all missing, unexpected and misshapen keys, before any weight is changed; or the
///   source's own error.
public func load(
    _ module: some Module, from source: some TensorSource, prefix: String = "", allowing policy: LoadPolicy = .strict,
    storing format: (String) -> WeightFormat? = { _ in nil }
) throws {
    let weights = module.namedParameters
    let present = source.names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    let known = Set(weights.map(\.name))
    var error = LoadError(origin: source.origin, prefix: prefix)
    error.unexpected = present.filter { !known.contains($0) && !matches($0, policy.unexpected) }
    var found: [(parameter: Parameter, name: String)] = []
    for (name, parameter) in weights {
        guard let shape = source.shape(of: prefix + name) else {
            if !matches(name, policy.missing) { error.missing.append(name) }
            continue
        }
        if shape == parameter.shape {
            found.append((parameter, prefix + name))
        } else {
            error.misshapen.append(LoadError.Misshapen(name: name, expected: parameter.shape, found: shape))
        }
    }
    guard error.isEmpty else { throw error }
    let values = try found.map { weight in
        guard weight.parameter.isFrozen else {
            return Parameter(try source.tensor(named: weight.name).stored(as: .float32))
        }
        let value = try stored(weight.name, in: source)
        if let format = format(String(weight.name.dropFirst(prefix.count))) { value.store(as: format) }
        return value
    }
    for (target, value) in zip(found, values) { target.parameter.take(value) }
}

private func stored(_ name: String, in source: some TensorSource) throws -> Parameter {
    if let storage = try source.storage(named: name) { return Parameter(storage: storage) }
    return Parameter(try source.tensor(named: name))
}

private func matches(_ name: String, _ patterns: [String]) -> Bool {
    patterns.contains { Array(name.utf8)[...].matches(Array($0.utf8)[...]) }
}

extension ArraySlice<UInt8> {
    /// Whether the bytes fit a pattern in which `*` stands for any run of bytes.
    fileprivate func matches(_ pattern: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return isEmpty }
        if first == UInt8(ascii: "*") {
            return (startIndex...endIndex).contains { self[$0...].matches(pattern.dropFirst()) }
        }
        return self.first == first && dropFirst().matches(pattern.dropFirst())
    }
}
