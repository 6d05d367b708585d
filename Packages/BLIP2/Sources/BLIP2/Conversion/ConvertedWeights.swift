import Checkpoints
import Foundation
import Tensors

/// The weights of a folder that is made, in one storage type. Beside int8 matrices other matrices keep their type, and the
/// rest is in float32, which holds the numbers of every type.
struct ConvertedWeights {
    private let source: RenamedSource
    private let format: WeightFormat

    /// The weights of a source under the folder's names.
    init(_ source: RenamedSource, _ format: WeightFormat) {
        self.source = source
        self.format = format
    }

    /// Names, types and shapes in the order in which they are written.
    ///
    /// - Parameter outlierColumns: the columns that int8 matrices keep apart, by name
    func entries(_ outlierColumns: [String: [Int32]] = [:]) -> [SafetensorsWriter.Entry] {
        source.names.flatMap { name -> [SafetensorsWriter.Entry] in
            guard let shape = source.shape(of: name) else { return [] }
            guard isInt8(name) else { return [SafetensorsWriter.Entry(name, StoredType(type(of: name, shape)), shape)] }
            let keys = Int8Keys(name)
            // Wide types first, so that all are aligned.
            let matrix = [
                SafetensorsWriter.Entry(keys.scale, .float32, [shape[0]]), SafetensorsWriter.Entry(name, .int8, shape),
            ]
            guard let count = outlierColumns[name]?.count, count > 0 else { return matrix }
            return [
                SafetensorsWriter.Entry(keys.outlierColumns, .int32, [count]), matrix[0],
                SafetensorsWriter.Entry(keys.outliers, .bfloat16, [shape[0], count]), matrix[1],
            ]
        }
    }

    /// Writes the weights, one at a time.
    ///
    /// - Throws: what the source throws, and `FileError` for what cannot be written.
    func write(to folder: URL, _ files: SafetensorsFolder) throws {
        guard format == .int8 else {
            return try files.write(entries(), to: folder) { try source.tensor(named: $0.name) }
        }
        var matrices: [String: String] = [:]
        for name in source.names where isInt8(name) {
            let keys = Int8Keys(name)
            for key in [keys.levels, keys.scale, keys.outliers, keys.outlierColumns] { matrices[key] = name }
        }
        // The parts of a matrix are written one after the other.
        var current: (name: String, weights: Int8Weights)?
        try files.write(entries(try outlierColumns()), to: folder) { entry, writer in
            guard let name = matrices[entry.name] else {
                return try writer.append(
                    try source.tensor(named: entry.name).stored(as: entry.type.scalarType ?? .float32))
            }
            if current?.name != name { current = (name, try matrix(name)) }
            if let weights = current?.weights { try Self.append(weights, Int8Keys(name), entry, to: writer) }
        }
    }

    private static func append(
        _ weights: Int8Weights, _ keys: Int8Keys, _ entry: SafetensorsWriter.Entry, to writer: SafetensorsWriter
    ) throws {
        switch entry.name {
        case keys.scale: try writer.append(weights.scales)
        case keys.outlierColumns:
            try writer.append(IndexTensor(weights.outlierColumns, shape: [weights.outlierColumns.count]))
        case keys.outliers: if let outliers = weights.outliers { try writer.append(outliers) }
        default: try weights.levels.withBytes { try writer.append(bytes: $0) }
        }
    }

    /// The type of a tensor that is not int8.
    private func type(of name: String, _ shape: Shape) -> ScalarType {
        if let type = format.scalarType { return type }
        return shape.rank == 2 ? (try? source.tensor(named: name))?.scalarType ?? .float32 : .float32
    }

    private func isInt8(_ name: String) -> Bool {
        format == .int8 && source.shape(of: name)?.rank == 2 && WeightFormats(.int8).format(of: name) != nil
    }

    /// A matrix in int8, as it is if it already was.
    private func matrix(_ name: String) throws -> Int8Weights {
        if let weights = try source.storage(named: name) as? Int8Weights { return weights }
        let tensor = try source.tensor(named: name)
        defer { tensor.releaseMemory() }
        return Int8Weights(rounding: tensor)
    }

    private func outlierColumns() throws -> [String: [Int32]] {
        var columns: [String: [Int32]] = [:]
        for name in source.names where isInt8(name) {
            if let weights = try source.storage(named: name) as? Int8Weights {
                columns[name] = weights.outlierColumns
                continue
            }
            let tensor = try source.tensor(named: name)
            columns[name] = Int8Weights.outlierColumns(of: tensor)
            tensor.releaseMemory()
        }
        return columns
    }
}
