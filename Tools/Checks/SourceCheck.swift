/// What the formatter does not see: files that hold more than one idea, and marks of unfinished work.
struct SourceCheck {
    static let longest = 300

    let repository: Repository

    func findings() throws -> [Finding] {
        let files = repository.files(
            under: ["Packages", "Apps", "Tools", "Tests"], endingIn: ["swift", "c", "h", "cpp", "py"])
        return try files.filter { !$0.hasSuffix("/SourceCheck.swift") }.flatMap { file in
            let lines = try repository.lines(of: file)
            return tooLong(file, lines.count - 1) + unfinished(file, lines)
        }
    }

    private func tooLong(_ file: String, _ count: Int) -> [Finding] {
        count <= Self.longest ? [] : [Finding(file, "has \(count) lines; over \(Self.longest) look for a second idea")]
    }

    private func unfinished(_ file: String, _ lines: [Substring]) -> [Finding] {
        lines.enumerated().compactMap { index, line in
            guard let mark = line.firstMatch(of: /\b(?:TODO|FIXME|XXX|unsafeFlags|as! |try! )/) else {
                return nil
            }
            return Finding(file, line: index + 1, "`\(mark.0)` has no place here")
        }
    }
}
