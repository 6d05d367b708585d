import Foundation
import JSON

/// The integer tensors of a small safetensors file, for tests that must not depend on the checkpoint reader.
struct SmallTensors {
    private let header: JSONValue
    private let data: Data

    init(_ url: URL) throws {
        let bytes = try Data(contentsOf: url)
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        header = try JSONDocument(parsing: bytes.dropFirst(8).prefix(length), name: url.path).root
        data = bytes.dropFirst(8 + length)
    }

    /// The elements of an I64 tensor, nil when there is none of that name.
    func integers(_ name: String) throws -> [Int32]? {
        guard let entry = try header.optional(name) else { return nil }
        guard try entry["dtype"].string == "I64" else { throw entry.error("wanted 64-bit integers") }
        let range = try entry["data_offsets"].int32s
        let bytes = data.dropFirst(Int(range[0])).prefix(Int(range[1] - range[0]))
        return bytes.withUnsafeBytes { raw in
            (0..<raw.count / 8).map {
                Int32(truncatingIfNeeded: raw.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self))
            }
        }
    }
}
