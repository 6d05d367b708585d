/// A storage that a pickle refers to: a member of the archive.
struct PickleStorage: Hashable {
    let type: StoredType
    let key: String
    let count: Int

    /// A storage as PyTorch refers to one: `("storage", type, key, place, count)`.
    init(_ item: PickleItem, _ reader: PickleReader) throws(PickleError) {
        guard let items = item.tuple(limit: 5), items.count == 5, items[0].string == "storage",
            case .storageType(let type) = items[1], let key = items[2].string, items[3].string != nil,
            case .value(.int(let count)) = items[4], count >= 0
        else { throw reader.error("refers to \(item.kind) that is no storage of PyTorch") }
        guard !key.isEmpty, !key.utf8.contains(UInt8(ascii: "/")), key != "..", key != "." else {
            throw reader.error("refers to a storage by the key \"\(key)\"")
        }
        self.type = type
        self.key = key
        self.count = count
    }
}

extension StoredTensor {
    /// The most elements of a tensor that repeats the elements of its storage.
    private static let repeatingLimit = 1 << 24

    /// What is wrong with the extents; nil if the tensor lies within its storage.
    var problem: String? {
        guard dimensions.count == strides.count, dimensions.count <= 64 else {
            return "has \(dimensions.count) extents and \(strides.count) strides"
        }
        guard offset >= 0, dimensions.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 }) else {
            return "has negative extents or strides"
        }
        var (last, count) = (offset, 1)
        for (extent, stride) in zip(dimensions, strides) {
            let (reach, overflow) = max(extent - 1, 0).multipliedReportingOverflow(by: stride)
            let (sum, sumOverflow) = last.addingReportingOverflow(reach)
            let (product, productOverflow) = count.multipliedReportingOverflow(by: max(extent, 1))
            guard !overflow, !sumOverflow, !productOverflow else { return "is larger than any file" }
            (last, count) = (sum, product)
        }
        if dimensions.contains(0) { return nil }
        guard last < storageCount else { return "reaches element \(last) of \(storageCount)" }
        return count <= max(storageCount, Self.repeatingLimit) ? nil : "repeats its elements \(count) times"
    }
}
