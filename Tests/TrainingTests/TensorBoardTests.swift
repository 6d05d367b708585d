import Foundation
import JSON
import Testing
import Training

/// TensorBoard's file holds every number of the log. The reader here is the test's own; `Tools/oracles/tensorboard_events.py`
/// reads the same files with TensorBoard itself.
@Suite struct TensorBoardTests {
    private func events(in folder: URL) throws -> [[Event]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix("events.out.tfevents.") }.sorted()
        return try names.map { try Event.all(in: Data(contentsOf: folder.appendingPathComponent($0))) }
    }

    private func run(_ folder: URL, batchCount: Int, resuming: Bool = false) throws {
        var trainer = Trainer(
            ToyStage(model: ToyModel()), on: ToyBatches(), options: toyOptions(batchCount: batchCount), folder: folder,
            validation: Validation(interval: 5) {
                Judgement(
                    [("score", 0.5)],
                    samples: [
                        .init(name: "a.jpg", text: "a circle", picture: .init(png: [1, 2, 3], width: 4, height: 300))
                    ])
            })
        try trainer.run(resuming: resuming)
    }

    @Test func everyNumberOfTheLogIsAnEvent() throws {
        try withFolder { folder in
            try run(folder, batchCount: 12)
            let events = try #require(try events(in: folder).first)
            #expect(events[0].version == "brain.Event:2")
            let lines = try steps(in: folder)
            let ofSteps = events.dropFirst().filter { $0.scalars["loss"] != nil }
            #expect(ofSteps.map(\.step) == Array(1...12))
            for (event, line) in zip(ofSteps, lines) {
                let numbers = try line.object.filter { !["step", "epoch", "batch", "time"].contains($0.key) }
                #expect(event.scalars.count == numbers.count && numbers.count >= 8)
                for member in numbers {
                    #expect(try event.scalars[member.key] == Float(member.value.double), "\(member.key)")
                }
                #expect(abs(event.time - (try line["time"].double)) < 5)
            }
            #expect(events.filter { $0.scalars["validation_score"] == 0.5 }.map(\.step) == [0, 5, 10, 12])
            let judged = try #require(events.last { $0.scalars["validation_score"] != nil })
            #expect(judged.texts["samples/a.jpg/text"] == "a circle")
            #expect(judged.pictures["samples/a.jpg"] == [4, 300, 3, 1, 2, 3])
        }
    }

    @Test func aContinuedRunDeclaresLaterStepsVoid() throws {
        try withFolder { folder in
            try run(folder, batchCount: 8)
            try run(folder, batchCount: 12, resuming: true)
            let files = try events(in: folder)
            #expect(files.count == 2)
            let second = try #require(files.first { $0.contains(where: \.isStart) })
            #expect(second[1].isStart && second[1].step == 9)
            #expect(second.filter { $0.scalars["loss"] != nil }.map(\.step) == Array(9...12))
        }
    }
}

/// An event as it is read back, checksums checked.
private struct Event {
    var time = 0.0
    var step = 0
    var version: String?
    var isStart = false
    var scalars: [String: Float] = [:]
    var texts: [String: String] = [:]
    /// Width, height, colour space, and the file's bytes.
    var pictures: [String: [Int]] = [:]

    struct Damaged: Error {}

    static func all(in data: Data) throws -> [Event] {
        var rest = [UInt8](data)[...]
        var events: [Event] = []
        while !rest.isEmpty {
            let header = Array(rest.prefix(12))
            let length = Int(number(header[..<8]))
            let event = Array(rest.dropFirst(12).prefix(length))
            let sum = rest.dropFirst(12 + length).prefix(4)
            guard header.count == 12, event.count == length, number(header[8...]) == checksum(header.prefix(8)),
                number(sum) == checksum(event[...])
            else { throw Damaged() }
            events.append(Event(Fields(event[...])))
            rest = rest.dropFirst(16 + length)
        }
        return events
    }

    private init(_ fields: Fields) {
        for field in fields.list {
            switch (field.number, field.value) {
            case (1, .word(let bits)): time = Double(bitPattern: bits)
            case (2, .word(let value)): step = Int(value)
            case (3, .bytes(let bytes)): version = String(decoding: bytes, as: UTF8.self)
            case (7, .bytes(let bytes)):
                isStart = Fields(bytes).list.contains { $0.number == 1 && $0.value == .word(1) }
            case (5, .bytes(let bytes)):
                for entry in Fields(bytes).list { add(Fields(entry.value.bytes)) }
            default: break
            }
        }
    }

    private mutating func add(_ entry: Fields) {
        let tag = String(decoding: entry[1]?.bytes ?? [], as: UTF8.self)
        if let word = entry[2]?.word { scalars[tag] = Float(bitPattern: UInt32(word)) }
        if let bytes = entry[4]?.bytes {
            let image = Fields(bytes)
            pictures[tag] = [2, 1, 3].map { Int(image[$0]?.word ?? 0) } + (image[4]?.bytes ?? []).map { Int($0) }
        }
        // A tensor counts as text if its metadata say that it is one for the plugin of texts, and its shape is [1].
        if let tensor = entry[8].map({ Fields($0.bytes) }), let metadata = entry[9]?.bytes,
            Fields(Fields(metadata)[1]?.bytes ?? [])[1]?.bytes == ArraySlice("text".utf8), tensor[1]?.word == 7,
            Fields(Fields(tensor[2]?.bytes ?? [])[2]?.bytes ?? [])[1]?.word == 1
        {
            texts[tag] = String(decoding: tensor[8]?.bytes ?? [], as: UTF8.self)
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// CRC-32C by its definition, bit by bit, and TensorFlow's mask.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
        }
        crc = ~crc
        return UInt64((crc >> 15 | crc << 17) &+ 0xa282_ead8)
    }
}

/// The fields of a protobuf message.
private struct Fields {
    enum Value: Equatable {
        case word(UInt64)
        case bytes(ArraySlice<UInt8>)

        var bytes: ArraySlice<UInt8> { if case .bytes(let bytes) = self { bytes } else { [] } }
        var word: UInt64? { if case .word(let word) = self { word } else { nil } }
    }

    private(set) var list: [(number: Int, value: Value)] = []

    /// The first field of a number.
    subscript(number: Int) -> Value? { list.first { $0.number == number }?.value }

    init(_ message: ArraySlice<UInt8>) {
        var rest = message
        while !rest.isEmpty {
            let tag = Self.varint(&rest)
            let value: Value
            switch tag & 7 {
            case 0: value = .word(Self.varint(&rest))
            case 1: value = .word(Self.fixed(&rest, 8))
            case 5: value = .word(Self.fixed(&rest, 4))
            default:
                let length = Int(Self.varint(&rest))
                value = .bytes(rest.prefix(length))
                rest = rest.dropFirst(length)
            }
            list.append((Int(tag >> 3), value))
        }
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return value
    }

    private static func fixed(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> UInt64 {
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
