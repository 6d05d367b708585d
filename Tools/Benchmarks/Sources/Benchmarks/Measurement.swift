import Foundation

/// The middle of a list of numbers.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The seconds that a call takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let began = ContinuousClock.now
    try body()
    return (ContinuousClock.now - began) / .seconds(1)
}

/// The mean seconds of calls that follow each other for about `span` seconds, after one that is not counted.
func meanSeconds(over span: Double = 0.02, _ body: () -> Void) -> Double {
    body()
    let one = seconds(body)
    let count = max(1, Int(span / max(one, 1e-9)))
    return seconds { for _ in 0..<count { body() } } / Double(count)
}

/// One side of a comparison: gives the seconds of its work, once.
typealias Side = () throws -> Double

/// The medians of sides that take turns. A round during which other programs took more than a tenth of a processor is
/// made again, as often as there are rounds; then it counts all the same.
func takingTurns(rounds: Int, _ sides: [Side]) throws -> [Double] {
    var times = Array(repeating: [Double](), count: sides.count)
    var spare = rounds
    while times[0].count < rounds {
        let load = ProcessorLoad()
        let round = try sides.map { try $0() }
        if load.ofOthers() > 0.1 && spare > 0 {
            spare -= 1
            continue
        }
        for (index, time) in round.enumerated() { times[index].append(time) }
    }
    return times.map(median)
}

/// A table in Markdown that is printed row by row.
struct Table {
    private let widths: [Int]

    init(_ columns: String...) { self.init(columns) }

    init(_ columns: [String]) {
        widths = columns.enumerated().map { max($1.count, $0 == 0 ? 28 : 8) }
        row(columns)
        print(
            "|"
                + widths.enumerated().map { String(repeating: "-", count: $1 + 1) + ($0 == 0 ? "-" : ":") }
                .joined(separator: "|") + "|")
    }

    func row(_ cells: [String]) {
        let padded = zip(cells, widths).enumerated().map { index, cell in
            let space = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
            return index == 0 ? cell.0 + space : space + cell.0
        }
        print("| " + padded.joined(separator: " | ") + " |")
        fflush(nil)
    }
}

func gigas(_ rate: Double) -> String { String(format: "%.1f", rate / 1e9) }
func milliseconds(_ seconds: Double) -> String { String(format: "%.2f", seconds * 1e3) }
func ratio(_ value: Double) -> String { String(format: "%.2f", value) }
