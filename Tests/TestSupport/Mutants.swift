import Foundation

/// Small files with seeded damage, tried one after the other in a process of limited memory.
///
/// A format gets its seconds, or as many files as the environment variable BLIP_SOAK says; BLIP_SEED gives other damage.
public final class Mutants {
    private let name: String
    private let seconds: Double
    private var numbers: SeededNumbers

    /// Prepares this process, which must be the test's own child: its address space is limited for good.
    ///
    /// - Parameters:
    ///   - name: of the format, for the closing line.
    ///   - seconds: how long to go on, unless BLIP_SOAK says how often.
    ///   - gibibytes: the limit of the address space.
    public init(_ name: String, seconds: Double = 15, gibibytes: UInt = 2) {
        var limit = rlimit(rlim_cur: gibibytes << 30, rlim_max: gibibytes << 30)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        self.name = name
        self.seconds = seconds
        numbers = SeededNumbers(seed: ProcessInfo.processInfo.environment["BLIP_SEED"].flatMap { UInt64($0) } ?? 11)
    }

    /// Calls `body` with 0, 1, 2, ... until the time is up or the count reached; it says whether its file opened.
    ///
    /// Stops the process when none opened or all did: the damage would then be too large or too small to find anything.
    public func run(_ body: (Int) throws -> Bool) rethrows {
        let wanted = ProcessInfo.processInfo.environment["BLIP_SOAK"].flatMap { Int($0) }
        let began = ContinuousClock.now
        var (count, opened) = (0, 0)
        while wanted.map({ count < $0 }) ?? (ContinuousClock.now - began < .seconds(seconds)) {
            opened += try body(count) ? 1 : 0
            count += 1
        }
        print("\(name): \(count) mutants, \(opened) opened")
        precondition(opened > 0 && opened < count, "\(opened) of \(count) mutants opened")
    }

    /// Whether to do what is done to half of the files.
    public func flip() -> Bool { Bool.random(using: &numbers) }

    /// A file with up to three places damaged.
    public func mutant(of original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 0...3, using: &numbers) where !bytes.isEmpty { damage(&bytes) }
        return bytes
    }

    private func damage(_ bytes: inout [UInt8]) {
        // Headers stand in front, where damage does most.
        let place = Int.random(in: 0..<(flip() ? min(64, bytes.count) : bytes.count), using: &numbers)
        switch Int.random(in: 0..<9, using: &numbers) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
        case 2: bytes.removeSubrange(place..<min(place + Int.random(in: 1...12, using: &numbers), bytes.count))
        case 3: bytes.insert(contentsOf: bytes[..<place].suffix(Int.random(in: 1...40, using: &numbers)), at: place)
        case 4: bytes.removeSubrange(place...)
        case 5: overwrite(&bytes, at: place)
        case 6: bytes.insert(contentsOf: Array("\r\n".utf8), at: place)
        case 7: bytes[place] = Array("{}[]\",\\\n0987".utf8).randomElement(using: &numbers) ?? 0
        default: enlarge(&bytes)
        }
    }

    /// A little-endian number of any magnitude in place of four bytes.
    private func overwrite(_ bytes: inout [UInt8], at place: Int) {
        let value = UInt32.random(in: 0...UInt32.max, using: &numbers) >> UInt32.random(in: 0..<32, using: &numbers)
        for (offset, shift) in stride(from: UInt32(0), to: 32, by: 8).enumerated() where place + offset < bytes.count {
            bytes[place + offset] = UInt8(truncatingIfNeeded: value >> shift)
        }
    }

    /// Numbers that overflow where they are multiplied or added, in place of a digit.
    private func enlarge(_ bytes: inout [UInt8]) {
        let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
        guard let digit = digits.randomElement(using: &numbers) else { return }
        let large = ["9223372036854775807", "4294967296", "-1", "0", "18446744073709551616", "1e9", "0.5"]
        bytes.replaceSubrange(digit...digit, with: Array((large.randomElement(using: &numbers) ?? "").utf8))
    }
}
