import ArgumentParser
import Foundation
import Images

/// What a picture goes through before the model sees it: decoded, resized to 224 pixels, normalised.
struct PictureBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pictures",
        abstract: "A 640x480 JPEG decoded, resized to 224 and normalised, beside Pillow.")

    @OptionGroup var options: BenchmarkOptions

    mutating func run() throws {
        _ = options.begin("Pictures")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("picture.jpg")
        try Data(Self.photo.jpeg(quality: 75)).write(to: file)
        let peer = try options.interpreter.map {
            try Peer("pictures.py", interpreter: $0, arguments: [file.path])
        }
        print(
            "A made picture of 640x480, 4:2:0, quality 75; milliseconds on one thread, beside \(peer?.name ?? "nothing").\n"
        )
        let table = Table("part", "ms", "Pillow", "ratio")
        for part in PicturePart.allCases {
            let work = try part.work(on: file)
            let times = try takingTurns(
                rounds: options.rounds,
                [{ meanSeconds(over: 0.1, work) }] + (peer.map { peer in [{ try peer.ask(part.rawValue) }] } ?? []))
            let other = times.count > 1 ? times[1] : nil
            table.row([
                part.title, milliseconds(times[0]), other.map(milliseconds) ?? "",
                other.map { ratio($0 / times[0]) } ?? "",
            ])
        }
        try printScaling(file)
    }

    /// How many pictures a second several threads make.
    private func printScaling(_ file: URL) throws {
        let work = try PicturePart.whole.work(on: file)
        print("\n")
        let table = Table("threads", "pictures/s")
        for threads in 1...ProcessInfo.processInfo.activeProcessorCount {
            let time = try takingTurns(
                rounds: options.rounds,
                [
                    {
                        seconds {
                            DispatchQueue.concurrentPerform(iterations: threads) { _ in (0..<40).forEach { _ in work() }
                            }
                        }
                    }
                ])
            table.row(["\(threads)", String(format: "%.0f", Double(threads * 40) / time[0])])
        }
    }

    private func milliseconds(_ seconds: Double) -> String { String(format: "%.2f", seconds * 1000) }

    /// Soft gradients, edges and a little noise, as hard to compress as a photograph.
    private static var photo: Image {
        var noise: UInt32 = 1
        let pixels = (0..<480).flatMap { y in
            (0..<640).flatMap { x in
                (0..<3).map { channel -> UInt8 in
                    noise = noise &* 1_664_525 &+ 1_013_904_223
                    let wave = sin(Double(x) / 23 + Double(channel)) * cos(Double(y) / 31 - Double(channel))
                    let edge = (x / 80 + y / 60) % 2 == 0 ? 20.0 : -20
                    return UInt8(max(0, min(255, 128 + 80 * wave + edge + Double(noise >> 28) - 8)))
                }
            }
        }
        return Image(width: 640, height: 480, pixels: pixels)
    }
}

/// A part of the work, by the word that the peer knows it by.
private enum PicturePart: String, CaseIterable {
    case decode, resize, normalize, whole

    var title: String {
        switch self {
        case .decode: "decode"
        case .resize: "resize to 224x224, bicubic"
        case .normalize: "normalise"
        case .whole: "file to tensor"
        }
    }

    func work(on file: URL) throws -> @Sendable () -> Void {
        let image = try Image(contentsOf: file)
        let processor = EvaluationProcessor(size: 224)
        let square = processor.square(image)
        switch self {
        case .decode: return { _ = try? Image(contentsOf: file) }
        case .resize: return { _ = processor.square(image) }
        case .normalize: return { _ = processor.normalization.tensor(of: square) }
        case .whole: return { if let image = try? Image(contentsOf: file) { _ = processor(image) } }
        }
    }
}
