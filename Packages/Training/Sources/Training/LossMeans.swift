import Communication
import Layers
import Tensors

/// The means over batches of losses and their terms.
struct LossMeans {
    /// Batches so far.
    private(set) var count = 0
    private var totalSum = 0.0
    private var sums: [(name: String, value: Double)] = []

    /// Adds the losses of a batch.
    mutating func add(_ losses: Losses) {
        count += 1
        totalSum += Double(losses.total.scalar)
        for (name, value) in losses.terms {
            if let place = sums.firstIndex(where: { $0.name == name }) {
                sums[place].value += Double(value.scalar)
            } else {
                sums.append((name, Double(value.scalar)))
            }
        }
    }

    /// Replaces all sums by their means over processes, which have the same terms.
    mutating func average(over processes: ProcessGroup) {
        if processes.count == 1 { return }
        let means = processes.sum([totalSum] + sums.map(\.value)).map { $0 / Double(processes.count) }
        totalSum = means[0]
        for place in sums.indices { sums[place].value = means[place + 1] }
    }

    /// The mean of the sum of all terms.
    var total: Double { totalSum / Double(max(count, 1)) }

    /// The mean of each term, in the order in which they came.
    var terms: [(name: String, value: Double)] { sums.map { ($0.name, $0.value / Double(max(count, 1))) } }
}
