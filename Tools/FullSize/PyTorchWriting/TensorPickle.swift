import Checkpoints
import Tensors

/// A pickle of protocol 2.
struct TensorPickle {
    private(set) var bytes: [UInt8] = [0x80, 2]

    /// The names with their tensors, each in the storage of its number, and the end.
    mutating func dictionary(of entries: [SafetensorsWriter.Entry], section: String?) {
        // EMPTY_DICT and MARK, then keys and values, then SETITEMS.
        bytes += [0x7D, 0x28]
        if let section {
            text(section)
            bytes += [0x7D, 0x28]
        }
        for (number, entry) in entries.enumerated() {
            text(entry.name)
            tensor(entry, storage: number)
        }
        if section != nil {
            bytes += [0x75]
            text("epoch")
            whole(9)
        }
        bytes += [0x75, 0x2E]
    }

    /// `torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())`
    private mutating func tensor(_ entry: SafetensorsWriter.Entry, storage: Int) {
        let extents = entry.shape.dimensions
        global("torch._utils", "_rebuild_tensor_v2")
        bytes += [0x28]
        self.storage(entry, storage)
        whole(0)
        tuple(extents)
        // PyTorch's strides of an empty tensor are those of one with an element along each empty axis.
        tuple(extents.indices.map { extents[($0 + 1)...].reduce(1) { $0 * max($1, 1) } })
        bytes += [0x89]
        global("collections", "OrderedDict")
        bytes += [0x29, 0x52, 0x74, 0x52]
    }

    /// `("storage", type, key, "cpu", count)` as a persistent name.
    private mutating func storage(_ entry: SafetensorsWriter.Entry, _ number: Int) {
        bytes += [0x28]
        text("storage")
        switch entry.scalarType {
        case .float32: global("torch", "FloatStorage")
        case .float16: global("torch", "HalfStorage")
        case .bfloat16: global("torch", "BFloat16Storage")
        }
        text("\(number)")
        text("cpu")
        whole(entry.shape.count)
        bytes += [0x74, 0x51]
    }

    private mutating func tuple(_ numbers: [Int]) {
        bytes += [0x28]
        numbers.forEach { whole($0) }
        bytes += [0x74]
    }

    private mutating func text(_ text: String) { bytes += [0x58] + little(text.utf8.count, 4) + Array(text.utf8) }

    private mutating func global(_ module: String, _ name: String) { bytes += Array("c\(module)\n\(name)\n".utf8) }

    /// BININT; in 4 GB there is no room for 2^31 elements.
    private mutating func whole(_ value: Int) { bytes += [0x4A] + little(value, 4) }
}
