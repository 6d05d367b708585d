import CJSONTape
import Foundation

/// A text in memory followed by the readable bytes that the parser asks for.
final class PaddedBytes {
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    private init(capacity: Int) {
        self.capacity = capacity
        memory = .allocate(capacity: capacity + Int(json_tape_padding()))
    }

    deinit {
        memory.deallocate()
    }

    var start: UnsafePointer<UInt8> { UnsafePointer(memory) }
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: memory, count: count) }

    /// Calls `body` with a stretch of the text, brackets in place of its first and last byte.
    func withBrackets<Result>(
        around range: Range<Int>, _ body: (UnsafePointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        let (first, last) = (range.lowerBound, range.upperBound - 1)
        let bytes = (memory[first], memory[last])
        (memory[first], memory[last]) = (UInt8(ascii: "["), UInt8(ascii: "]"))
        defer { (memory[first], memory[last]) = bytes }
        return try body(UnsafePointer(memory + first))
    }

    convenience init(_ bytes: some Sequence<UInt8>) {
        let bytes = ContiguousArray(bytes)
        self.init(capacity: bytes.count)
        bytes.withUnsafeBufferPointer { if let base = $0.baseAddress { memory.update(from: base, count: $0.count) } }
        count = bytes.count
        pad()
    }

    /// Reads a file, never more than `limit` bytes of it.
    convenience init(contentsOf url: URL, limit: Int) throws {
        let descriptor = url.withUnsafeFileSystemRepresentation { path in
            path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? -1
        }
        guard descriptor >= 0 else { throw Self.failure(url) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure(url) }
        guard Int(status.st_size) <= limit else { throw Self.tooLarge(Int(status.st_size), limit: limit, url.path) }
        self.init(capacity: Int(status.st_size) + 1)
        while true {
            if count == capacity { try grow(limit: limit, name: url.path) }
            let got = read(descriptor, memory + count, capacity - count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw Self.failure(url) }
            if got == 0 { break }
            count += got
        }
        guard count <= limit else { throw Self.tooLarge(count, limit: limit, url.path) }
        pad()
    }

    /// A pipe has no size to start from, and a file may grow while it is read.
    private func grow(limit: Int, name: String) throws {
        guard count <= limit else { throw Self.tooLarge(count, limit: limit, name) }
        let larger = PaddedBytes(capacity: max(4096, capacity * 2))
        larger.memory.update(from: memory, count: count)
        swap(&memory, &larger.memory)
        swap(&capacity, &larger.capacity)
    }

    private func pad() {
        (memory + count).update(repeating: 0x20, count: Int(json_tape_padding()))
    }

    private static func failure(_ url: URL) -> JSONError {
        JSONError(file: url.path, problem: String(cString: strerror(errno)))
    }

    static func tooLarge(_ count: Int, limit: Int, _ name: String) -> JSONError {
        JSONError(file: name, problem: "has \(count) bytes, more than the \(limit) that are accepted")
    }
}
