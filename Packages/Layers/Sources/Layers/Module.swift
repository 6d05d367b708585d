import Tensors

/// A weight with its name in the checkpoint.
public typealias NamedParameter = (name: String, parameter: Parameter)

/// What a module is made of: a parameter, another module, an array of modules, or an optional of these.
public protocol ModulePart: Sendable {
    /// Appends the parameters of this part, each under its name, in the order in which they are declared.
    func appendParameters(named name: String, to list: inout [NamedParameter])
}

/// A piece of a model that owns weights.
///
/// Its `parts` say under which name each weight stands in a checkpoint. There is no reflection: what is not listed is
/// not loaded, trained or saved, and the test of each model compares the list with the reference's.
public protocol Module: AnyObject, ModulePart {
    /// The parts by name, in the order of the reference's `named_parameters`. A name may hold dots
    /// (`attention.self`); a part named "" adds its own names without a prefix.
    var parts: KeyValuePairs<String, any ModulePart> { get }
}

extension Module {
    /// All weights by name, in the order of `parts`; a shared weight stands once, under its first name.
    public var namedParameters: [NamedParameter] {
        var list: [NamedParameter] = []
        appendParameters(named: "", to: &list)
        var seen: Set<ObjectIdentifier> = []
        return list.filter { seen.insert(ObjectIdentifier($0.parameter)).inserted }
    }

    /// The weights that get gradients, by name.
    public var trainableParameters: [NamedParameter] { namedParameters.filter { !$0.parameter.isFrozen } }

    /// The number of elements of all weights.
    public var parameterCount: Int { namedParameters.reduce(0) { $0 + $1.parameter.shape.count } }

    /// Stops the weights from getting gradients; gradients still flow through them.
    public func freeze() {
        for (_, parameter) in namedParameters { parameter.isFrozen = true }
    }

    /// Brings all matrices to a storage type, one after the other; every type but float32 freezes them.
    public func store(as format: WeightFormat) {
        for (_, parameter) in namedParameters { parameter.store(as: format) }
    }

    /// Lets the weights get gradients; weights in a storage type of their own are widened to float32 first.
    public func unfreeze() {
        for (_, parameter) in namedParameters {
            if parameter.storage != nil { parameter.storage = nil }
            parameter.isFrozen = false
        }
    }

    /// Appends the parameters of all parts, in order.
    public func appendParameters(named name: String, to list: inout [NamedParameter]) {
        for (part, content) in parts { content.appendParameters(named: qualified(name, part), to: &list) }
    }
}

extension Parameter: ModulePart {
    /// Appends this parameter.
    public func appendParameters(named name: String, to list: inout [NamedParameter]) { list.append((name, self)) }
}

extension Array: ModulePart where Element: Module {
    /// Appends the parameters of each module, named by its place.
    public func appendParameters(named name: String, to list: inout [NamedParameter]) {
        for (index, module) in enumerated() { module.appendParameters(named: qualified(name, "\(index)"), to: &list) }
    }
}

extension Optional: ModulePart where Wrapped: ModulePart {
    /// Appends the parameters of the part, if there is one.
    public func appendParameters(named name: String, to list: inout [NamedParameter]) {
        self?.appendParameters(named: name, to: &list)
    }
}

private func qualified(_ prefix: String, _ name: String) -> String {
    prefix.isEmpty ? name : name.isEmpty ? prefix : "\(prefix).\(name)"
}
