import Foundation
import JSON
import Reports

/// The curves of runs over each other, from their logs.
public struct RunReport {
    private var runs: [(name: String, log: RunLog)] = []

    /// Reads the logs of runs' folders.
    ///
    /// - Throws: `FileError` for a folder without a log; `JSONError` for a damaged one.
    public init(folders: [URL]) throws {
        runs = try zip(Self.names(folders), folders).map { ($0, try RunLog(in: $1)) }
    }

    /// The folders' paths without what all of them begin with.
    private static func names(_ folders: [URL]) -> [String] {
        let paths = folders.map { $0.standardizedFileURL.pathComponents }
        guard let first = paths.first, paths.count > 1 else { return folders.map(\.lastPathComponent) }
        let common = first.indices.prefix { place in
            paths.allSatisfy { place + 1 < $0.count && $0[place] == first[place] }
        }.count
        return paths.map { $0.dropFirst(common).joined(separator: "/") }
    }

    /// The page: a plot for each number with a curve for each run that has it; what the runs ended with; and in which
    /// settings they differ.
    public var page: HTMLPage {
        let sections = Section.allCases.flatMap { section -> [HTML] in
            let names = names.filter { Section($0) == section }
            if names.isEmpty { return [] }
            return [.heading(2, section.rawValue), .element("div", ["class": "plots"], names.map(plot))]
        }
        return HTMLPage(
            title: "Training runs",
            body: [.heading(1, "Training runs"), LinePlot.legend(runs.map(\.name))] + sections + [
                .heading(2, "Last values"), table(names.map { name in (name, runs.map { lastValue(name, $0.log) }) }),
            ] + samples + settings)
    }

    /// All numbers that any run has.
    private var names: [String] {
        var names: [String] = []
        for course in runs.flatMap(\.log.courses) where !names.contains(course.name) { names.append(course.name) }
        return names
    }

    /// What a number tells of.
    private enum Section: String, CaseIterable {
        case losses = "Losses"
        case validation = "Validation"
        case steps = "Steps"
        case costs = "Speed and memory"

        init(_ name: String) {
            self =
                switch name {
                case _ where name == "loss" || name.hasPrefix("loss_"): .losses
                case _ where name.hasPrefix("validation_"): .validation
                case "lr", "gradient_norm": .steps
                default: .costs
                }
        }
    }

    private func plot(_ name: String) -> HTML {
        let curves = runs.enumerated().compactMap { place, run -> LinePlot.Curve? in
            guard let course = run.log[name] else { return nil }
            guard let trend = course.trend else {
                return LinePlot.Curve(name: run.name, colour: place, points: course.thinned)
            }
            return LinePlot.Curve(name: run.name, colour: place, points: trend, background: course.thinned)
        }
        return LinePlot(title: name, axis: "step", curves: curves).html
    }

    private func lastValue(_ name: String, _ log: RunLog) -> String {
        log[name]?.points.last.map { String(format: "%.6g", $0.y) } ?? ""
    }

    /// The texts of the last judgement, each by all runs.
    private var samples: [HTML] {
        var names: [String] = []
        for sample in runs.flatMap(\.log.samples) where !names.contains(sample.name) { names.append(sample.name) }
        if names.isEmpty { return [] }
        let rows = names.map { name in
            (name, runs.map { run in run.log.samples.first { $0.name == name }?.text ?? "" })
        }
        return [.heading(2, "Samples"), table(rows)]
    }

    private var settings: [HTML] {
        var names: [String] = []
        for setting in runs.flatMap(\.log.settings) where !names.contains(setting.name) { names.append(setting.name) }
        if names.isEmpty { return [] }
        let rows = names.map { name in
            (name, runs.map { run in run.log.settings.first { $0.name == name }?.value ?? "" })
        }
        let different = rows.filter { Set($0.1).count > 1 }
        let equal = rows.filter { Set($0.1).count == 1 }
        let summary = HTML.element("summary", [:], [.text("\(equal.count) that all runs share")])
        let list = HTML.table(header: ["", ""], rows: equal.map { [$0.0, $0.1[0]] })
        return [.heading(2, "Settings")] + (different.isEmpty ? [] : [table(different)])
            + (equal.isEmpty ? [] : [.element("details", ["class": "wide"], [summary, list])])
    }

    private func table(_ rows: [(name: String, values: [String])]) -> HTML {
        .element(
            "div", ["class": "wide"],
            [.table(header: [""] + runs.map(\.name), rows: rows.map { [$0.name] + $0.values })])
    }
}
