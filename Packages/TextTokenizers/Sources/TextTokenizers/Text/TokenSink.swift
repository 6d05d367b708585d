/// Where an encoder puts tokens with their byte range in the text; the encoders are generic over it, so that without
/// offsets nothing is spent on them.
protocol TokenSink {
    var count: Int { get }
    mutating func append(_ id: Int32, _ start: Int, _ end: Int)
    mutating func removeTokens(from count: Int)
}

struct IDSink: TokenSink {
    var ids: [Int32]

    var count: Int { ids.count }

    @inline(__always)
    mutating func append(_ id: Int32, _ start: Int, _ end: Int) { ids.append(id) }

    mutating func removeTokens(from count: Int) { ids.removeSubrange(count...) }
}

struct OffsetSink: TokenSink {
    var ids: [Int32] = []
    var ranges: [Range<Int>] = []

    var count: Int { ids.count }

    @inline(__always)
    mutating func append(_ id: Int32, _ start: Int, _ end: Int) {
        ids.append(id)
        ranges.append(start..<end)
    }

    mutating func removeTokens(from count: Int) {
        ids.removeSubrange(count...)
        ranges.removeSubrange(count...)
    }
}
