/// METEOR's choice among all matches: a beam search from left to right for the set of matches that covers most words,
/// then makes the fewest chunks, then moves words the least.
struct METEORAlignment {
    static let beamWidth = 40

    /// The chosen matches, by start.
    let matches: [METEORMatch]
    /// How many runs of words that stand in the same order on both sides the matches make.
    let chunkCount: Int

    init(_ candidates: METEORMatches) {
        var search = Search(candidates)
        matches = search.run()
        chunkCount = METEORAlignment.chunkCount(matches)
    }

    private static func chunkCount(_ matches: [METEORMatch]) -> Int {
        var chunks = 0
        var (end, captionEnd) = (-1, -1)
        for match in matches {
            if match.start != end || match.captionStart != captionEnd { chunks += 1 }
            end = match.start + match.count
            captionEnd = match.captionStart + match.captionCount
        }
        return chunks
    }
}

/// The words that a path has used, a bit each.
private struct UsedWords {
    private var words: [UInt64]

    init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

    func contains(_ place: Int) -> Bool { words[place >> 6] >> UInt64(place & 63) & 1 != 0 }

    func intersects(_ places: Range<Int>) -> Bool { places.contains(where: contains) }

    mutating func insert(_ places: Range<Int>) {
        for place in places { words[place >> 6] |= 1 << UInt64(place & 63) }
    }
}

private struct Search {
    private let candidates: METEORMatches
    /// For each start, the match that no other competes with; -1 if there is none.
    private var fixed: [Int]
    private var chosen: [Choice] = []

    /// A match that a path took, and the choice before it; -1 if it was the first.
    private struct Choice {
        var match: Int
        var previous: Int
    }

    private struct Path {
        var coverage = 0
        var chunks = 0
        var distance = 0
        /// The next word of the reference.
        var place = 0
        /// Where the last match ended in the caption; -1 after a word without a match.
        var captionEnd = -1
        var lastChoice = -1
        var captionWords: UsedWords
        var words: UsedWords

        func precedes(_ other: Path) -> Bool {
            if coverage != other.coverage { return coverage > other.coverage }
            if chunks != other.chunks { return chunks < other.chunks }
            return distance < other.distance
        }

        /// Quirk: the weight of each match is rounded down, so that a matched pair of single words that is not exact
        /// counts nothing.
        mutating func take(_ match: METEORMatch) {
            coverage += match.captionCount * match.module.searchWeight / 2
            coverage += match.count * match.module.searchWeight / 2
            if captionEnd != -1 && match.captionStart != captionEnd { chunks += 1 }
            place = match.start + match.count
            captionEnd = match.captionStart + match.captionCount
        }

        mutating func closeChunk() {
            guard captionEnd != -1 else { return }
            chunks += 1
            captionEnd = -1
        }
    }

    init(_ candidates: METEORMatches) {
        self.candidates = candidates
        fixed = candidates.coverage.indices.map { start in
            let range = candidates.matches(at: start)
            guard range.count == 1, let number = range.first else { return -1 }
            let match = candidates.all[number]
            let isAlone =
                candidates.coverage[match.start..<match.start + match.count].allSatisfy { $0 == 1 }
                && candidates.captionCoverage[match.captionStart..<match.captionStart + match.captionCount]
                    .allSatisfy { $0 == 1 }
            return isAlone ? number : -1
        }
    }

    mutating func run() -> [METEORMatch] {
        var start = Path(
            captionWords: UsedWords(count: candidates.captionCoverage.count),
            words: UsedWords(count: candidates.coverage.count))
        for number in fixed where number >= 0 { use(candidates.all[number], &start) }
        var paths = [start]
        for place in candidates.coverage.indices {
            let best = Search.best(paths)
            var next: [Path] = []
            for path in best { advance(path, at: place, &next) }
            // METEOR goes on with the best path if none can; that path then skips words.
            if next.isEmpty, let first = best.first { next = [first] }
            paths = next
        }
        paths = Search.best(paths)
        for number in paths.indices { paths[number].closeChunk() }
        return matches(of: Search.best(paths).first)
    }

    /// The first paths in METEOR's order; equal ones stay in theirs.
    private static func best(_ paths: [Path]) -> [Path] {
        guard paths.count > 1 else { return paths }
        let order = paths.indices.sorted { first, second in
            if paths[first].precedes(paths[second]) { return true }
            return !paths[second].precedes(paths[first]) && first < second
        }
        return order.prefix(METEORAlignment.beamWidth).map { paths[$0] }
    }

    private func use(_ match: METEORMatch, _ path: inout Path) {
        path.words.insert(match.start..<match.start + match.count)
        path.captionWords.insert(match.captionStart..<match.captionStart + match.captionCount)
    }

    /// Appends what a path can become at a word of the reference.
    private mutating func advance(_ path: Path, at place: Int, _ next: inout [Path]) {
        var path = path
        if path.words.contains(place) {
            if place >= path.place {
                guard path.place < fixed.count, fixed[path.place] >= 0 else { return }
                let match = candidates.all[fixed[path.place]]
                path.take(match)
                path.distance += abs(match.start - match.captionStart)
            }
            next.append(path)
            return
        }
        for number in candidates.matches(at: place) {
            let match = candidates.all[number]
            if path.words.intersects(match.start..<match.start + match.count)
                || path.captionWords.intersects(match.captionStart..<match.captionStart + match.captionCount)
            {
                continue
            }
            var longer = path
            use(match, &longer)
            longer.take(match)
            chosen.append(Choice(match: number, previous: path.lastChoice))
            longer.lastChoice = chosen.count - 1
            next.append(longer)
            // Quirk: the distance is charged to the path that goes on without the match, and to later siblings.
            path.distance += abs(match.start - match.captionStart)
        }
        path.closeChunk()
        path.place += 1
        next.append(path)
    }

    private func matches(of path: Path?) -> [METEORMatch] {
        var numbers = fixed.filter { $0 >= 0 }
        var choice = path?.lastChoice ?? -1
        while choice >= 0 {
            numbers.append(chosen[choice].match)
            choice = chosen[choice].previous
        }
        return numbers.map { candidates.all[$0] }.sorted { $0.start < $1.start }
    }
}
