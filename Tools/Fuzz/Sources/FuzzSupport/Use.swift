import Datasets
import Images
import TextTokenizers

/// Uses a tokenizer that opened.
public func use(_ tokenizer: any Tokenizer) {
    let text = "A small réd\u{301} circle, [DEC]</s> isn't <extra_id_0> 中文 \u{FB01}\t\u{3000}\u{FF21} 1\u{BD}\u{85}"
    let ids = tokenizer.encode(text)
    precondition(tokenizer.encodeWithOffsets(text).ids == ids, "other ids with offsets")
    _ = tokenizer.decode(ids, skippingSpecialTokens: false)
    _ = tokenizer.decode(0..<Int32(min(tokenizer.vocabularyCount, 300)))
}

/// Takes the first samples of captions that opened.
public func use(_ source: any CaptionSource) {
    for number in 0..<min(source.count, 20) { _ = try? source.sample(number).picture.decode() }
}

/// Decodes a picture of the format whose files begin with `mark` at `place`; -1 tells libFuzzer to forget any other.
public func decode(_ start: UnsafePointer<UInt8>, _ count: Int, mark: [UInt8], at place: Int = 0) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard bytes.dropFirst(place).starts(with: mark) else { return -1 }
    for var options in [DecodingOptions(), .reference] {
        options.maximumPixels = 1 << 20
        options.appliesOrientation.toggle()
        guard let image = try? Image(decoding: bytes, options: options) else { continue }
        precondition(image.pixels.count == 3 * image.width * image.height, "pixels without a picture")
    }
    return 0
}
