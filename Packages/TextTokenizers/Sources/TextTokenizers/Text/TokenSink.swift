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

    /// Appends to ids what `encode` puts into a sink, without a copy of those that were there.
    @inline(__always)
    static func append(to ids: inout [Int32], _ encode: (inout IDSink) -> Void) {
        var sink = IDSink(ids: ids)
        ids = []
        encode(&sink)
        ids = sink.ids
    }
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

    /// What `encode` puts into a sink, between special tokens, which stand for no bytes of the text.
    static func encoding(
        of text: String, within special: SpecialTokens?, _ encode: (inout OffsetSink) -> Void
    ) -> OffsetEncoding {
        var sink = OffsetSink()
        for id in special?.prefix ?? [] { sink.append(id, 0, 0) }
        encode(&sink)
        let end = text.utf8.count
        for id in special?.suffix ?? [] { sink.append(id, end, end) }
        return OffsetEncoding(ids: sink.ids, ranges: sink.ranges)
    }
}
