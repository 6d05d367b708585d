import Foundation
import JSON

/// What the log of a run says, for those who look at it.
struct RunLog {
    /// A number's course over the steps.
    struct Course {
        let name: String
        fileprivate(set) var points: [SIMD2<Double>] = []
    }

    /// The courses of all numbers, in the order in which they first come.
    private(set) var courses: [Course] = []
    /// The settings of the run, as the latest of its processes began with.
    private(set) var settings: [(name: String, value: String)] = []
    /// What the model made at the last judgement that shows anything.
    private(set) var samples: [(name: String, text: String)] = []

    private static let others: Set = ["step", "validated_step", "epoch", "batch", "time", "samples"]

    /// Reads the log of a run's folder. A line that a process is still writing is passed over.
    ///
    /// - Throws: `FileError` for a folder without a log; `JSONError` for a damaged one.
    init(in folder: URL) throws {
        let url = folder.appendingPathComponent("log.jsonl")
        guard let data = try? Data(contentsOf: url) else {
            throw FileError(file: url.path, problem: "cannot be read; a run's folder holds it")
        }
        let newline = UInt8(ascii: "\n")
        let whole = data.prefix((data.lastIndex(of: newline) ?? data.startIndex - 1) + 1)
        for (number, line) in whole.split(separator: newline, omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            try add(try JSONDocument(parsing: line, name: url.path, line: number + 1).root)
        }
    }

    private mutating func add(_ root: JSONValue) throws {
        if let found = try root.optional("settings") {
            settings = try found.object.map { (name: $0.key, value: try $0.value.string) }
        }
        if let found = try root.optional("samples") {
            samples = try found.array.map { (name: try $0["name"].string, text: try $0["text"].string) }
        }
        guard let step = try root.optional("step") ?? root.optional("validated_step") else { return }
        let place = try step.double
        for member in try root.object where !Self.others.contains(member.key) {
            // What is no number, such as NaN, leaves a gap.
            let point = SIMD2(place, (try? member.value.double) ?? .nan)
            if let index = courses.firstIndex(where: { $0.name == member.key }) {
                courses[index].points.append(point)
            } else {
                courses.append(Course(name: member.key, points: [point]))
            }
        }
    }

    /// The course of a number; nil if the run has no such number.
    subscript(name: String) -> Course? { courses.first { $0.name == name } }
}

extension RunLog.Course {
    private static let pointLimit = 600

    /// The points, or the means over equally many neighbours, so that a plot has no more than can be told apart.
    var thinned: [SIMD2<Double>] {
        let width = (points.count + Self.pointLimit - 1) / Self.pointLimit
        guard width > 1 else { return points }
        return stride(from: 0, to: points.count, by: width).map { start in
            let part = points[start..<min(start + width, points.count)]
            return part.reduce(SIMD2(0, 0), +) / Double(part.count)
        }
    }

    /// Numbers without noise, which a mean would only shift.
    private static let exact: Set = ["lr", "peak_memory_bytes"]

    /// A moving mean of the thinned points over a fortieth of them, where there are enough to tell a trend from noise.
    var trend: [SIMD2<Double>]? {
        if Self.exact.contains(name) { return nil }
        let points = thinned
        let width = points.count / 40
        guard width > 1 else { return nil }
        return points.indices.map { index in
            let part = points[max(0, index - width)...index].map(\.y).filter(\.isFinite)
            return SIMD2(points[index].x, part.isEmpty ? .nan : part.reduce(0, +) / Double(part.count))
        }
    }
}
