import Datasets
import JSON

/// What `dataset check` prints of a set.
struct SetReport {
    let name: String
    let findings: CaptionCheck.Findings
    let shown: Int

    var text: String {
        let title = name.isEmpty ? findings.source : "\(name) (\(findings.source))"
        var lines = [
            "\(title): \(findings.sampleCount) samples, \(findings.pictureCount) pictures, "
                + "\(findings.unreadable.count) unreadable"
        ]
        if findings.blankCount > 0 { lines.append("  \(findings.blankCount) captions are blank") }
        lines += list(findings.unreadable.map { "sample \($0.sample): \($0.description)" }, "unreadable")
        lines += list(findings.warnings, "warnings")
        return lines.joined(separator: "\n")
    }

    private func list(_ problems: [String], _ kind: String) -> [String] {
        let rest = problems.count - shown
        return problems.prefix(shown).map { "  \($0)" } + (rest > 0 ? ["  and \(rest) more \(kind)"] : [])
    }

    var tree: JSONTree {
        [
            "set": .string(name), "source": .string(findings.source), "samples": .integer(findings.sampleCount),
            "pictures": .integer(findings.pictureCount), "blank_captions": .integer(findings.blankCount),
            "unreadable_count": .integer(findings.unreadable.count),
            "unreadable": .array(
                findings.unreadable.prefix(shown).map {
                    ["sample": .integer($0.sample), "problem": .string($0.description)]
                }),
            "warning_count": .integer(findings.warnings.count),
            "warnings": .array(findings.warnings.prefix(shown).map { .string($0) }),
        ]
    }
}
