/// How often each level occurs in a channel, and the tables of new levels that follow from it.
struct Histogram {
    private var counts = [Int](repeating: 0, count: 256)

    init(of image: Image, channel: Int) {
        for offset in stride(from: channel, to: image.pixels.count, by: 3) { counts[Int(image.pixels[offset])] += 1 }
    }

    /// Stretches the levels that occur to 0 through 255.
    var stretchingTable: [UInt8] {
        guard let low = counts.firstIndex(where: { $0 > 0 }), let high = counts.lastIndex(where: { $0 > 0 }), high > low
        else { return Array(0...255) }
        let scale = 255 / Double(high - low)
        let offset = -Double(low) * scale
        return (0..<256).map { UInt8(min(max(Double($0) * scale + offset, 0), 255)) }
    }

    /// Spreads the levels so that each range of them occurs about equally often.
    var equalizingTable: [UInt8] {
        let last = counts.last { $0 > 0 } ?? 0
        let step = (counts.reduce(0, +) - last) / 255
        guard step > 0 else { return Array(0...255) }
        var passed = step / 2
        return counts.map { count in
            defer { passed += count }
            return UInt8(min(passed / step, 255))
        }
    }
}

extension Image {
    /// The picture with each channel's samples replaced by a table that its histogram gives.
    func remappingLevels(_ table: (Histogram) -> [UInt8]) -> Image {
        let tables = (0..<3).map { table(Histogram(of: self, channel: $0)) }
        var levels = pixels
        for offset in levels.indices { levels[offset] = tables[offset % 3][Int(levels[offset])] }
        return Image(width: width, height: height, pixels: levels)
    }
}
