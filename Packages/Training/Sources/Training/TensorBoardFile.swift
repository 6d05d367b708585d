import Foundation
import JSON

/// A file of events that TensorBoard reads, in the run's folder: every number of every step under the name that it has in
/// `log.jsonl`, and the samples of judgements.
///
/// A record is a length, the checksum of the length, the event, and the checksum of the event
/// (`tensorflow/core/lib/io/record_writer.cc`).
struct TensorBoardFile {
    private let file: AppendedFile

    /// Begins a file for a run that has taken `step` steps; what files of earlier processes hold of later steps is
    /// declared void.
    ///
    /// - Throws: `FileError` if it cannot be written.
    init(in folder: URL, afterStep step: Int) throws {
        let time = Date().timeIntervalSince1970
        // TensorBoard reads the files of a run in the order of their names.
        let name = "events.out.tfevents.\(Int(time)).\(Self.hostName).\(getpid()).\(step)"
        file = try AppendedFile(folder.appendingPathComponent(name))
        try append(.version, step: 0, time: time)
        if step > 0 { try append(.start, step: step + 1, time: time) }
    }

    /// Adds values of a step.
    ///
    /// - Throws: `FileError`, for instance when the disk is full.
    func append(_ values: [(tag: String, value: TensorBoardEvent.Value)], step: Int) throws {
        try append(.summary(values), step: step, time: Date().timeIntervalSince1970)
    }

    private func append(_ content: TensorBoardEvent.Content, step: Int, time: Double) throws {
        let event = TensorBoardEvent(time: time, step: step, content: content).bytes
        let length = UInt64(event.count).littleEndianBytes
        try file.append(
            length + Self.checksum(length).littleEndianBytes + event + Self.checksum(event).littleEndianBytes)
    }

    private static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// CRC-32C, rotated and shifted so that a checksum of data with checksums in it is none of its own parts.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        let crc = bytes.reduce(~UInt32(0)) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8 }
        return (~crc >> 15 | ~crc << 17) &+ 0xa282_ead8
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
    }
}
