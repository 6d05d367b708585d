import Foundation
import JSON
import Tensors

/// A safetensors file, mapped into memory: opening reads the head alone, and a tensor's bytes come from disk when they
/// are touched.
public final class SafetensorsFile: TensorSource, Sendable {
    /// The file's path.
    public let origin: String
    /// The strings that the file carries beside its tensors.
    public let metadata: [String: String]
    /// The tensors in the order of their bytes.
    public let entries: [SafetensorsHeader.Entry]
    private let file: MappedPages
    private let places: [String: Int]

    /// Opens a file and checks its whole head.
    ///
    /// - Throws: `CheckpointError` or `JSONError` that names what is wrong.
    public init(contentsOf url: URL) throws {
        do {
            file = MappedPages(try MappedFile(url))
        } catch let error as FileError {
            throw CheckpointError(file: error.file, problem: error.problem)
        }
        let header = try SafetensorsHeader(file.bytes, file: url.path)
        origin = url.path
        metadata = header.metadata
        entries = header.entries
        places = try Self.places(of: header.entries, file: url.path)
    }

    /// `String` finds canonically equal names equal, which the format does not.
    private static func places(of entries: [SafetensorsHeader.Entry], file: String) throws -> [String: Int] {
        var places: [String: Int] = [:]
        places.reserveCapacity(entries.count)
        for (place, entry) in entries.enumerated() where places.updateValue(place, forKey: entry.name) != nil {
            throw CheckpointError(
                file: file, key: entry.name, problem: "another name differs from this one only in Unicode form")
        }
        return places
    }

    /// The names of all tensors, in the order of their bytes.
    public var names: [String] { entries.map(\.name) }

    /// The extents of a tensor; nil if there is none of this name.
    public func shape(of name: String) -> Shape? { places[name].map { Shape(entries[$0].dimensions) } }

    /// The stored element type of a tensor; nil if there is none of this name.
    public func type(of name: String) -> StoredType? { places[name].map { entries[$0].type } }

    /// A tensor. F32, BF16 and F16 stay in the file and in their type; F64 is rounded to float32.
    ///
    /// - Throws: `CheckpointError` if there is none of this name or its elements are of another type.
    public func tensor(named name: String) throws -> Tensor {
        try elements(of: name).tensor(name, origin)
    }

    /// A tensor of whole numbers: I64, I32, I16, I8, U8 or BOOL.
    ///
    /// - Throws: `CheckpointError` if there is none of this name, its elements are of another type, or one of them
    ///   does not fit 32 bits.
    public func indexTensor(named name: String) throws -> IndexTensor {
        try elements(of: name).indexTensor(name, origin)
    }

    /// The numbers of a tensor of I8, as they lie in the file.
    ///
    /// - Throws: `CheckpointError` if there is none of this name or its elements are of another type.
    public func levels(named name: String) throws -> Int8Weights.Levels { try elements(of: name).levels(name, origin) }

    /// Calls `body` with a tensor's bytes as they lie in the file.
    ///
    /// - Throws: `CheckpointError` if there is none of this name, and what `body` throws.
    public func withBytes<Result>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        let entry = try entry(name)
        return try withExtendedLifetime(file) { try body(bytes(of: entry)) }
    }

    private func entry(_ name: String) throws -> SafetensorsHeader.Entry {
        guard let place = places[name] else {
            throw CheckpointError(file: origin, key: name, problem: "there is no such tensor")
        }
        return entries[place]
    }

    private func bytes(of entry: SafetensorsHeader.Entry) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
    }

    private func elements(of name: String) throws -> StoredElements {
        let entry = try entry(name)
        return StoredElements(bytes: bytes(of: entry), owner: file, type: entry.type, dimensions: entry.dimensions)
    }
}
