import Communication
import Layers
import Tensors

/// Gradients as means over all processes. They travel in buckets, few long messages instead of many short ones, and a bucket
/// sets out as soon as the walk back has finished with its parameters.
struct GradientAveraging {
    private let processes: ProcessGroup
    private let parameters: [Parameter]
    /// The parameters' numbers. The walk back comes to the last parameters of a model first, and all processes must send in
    /// one order.
    private let buckets: [[Int]]
    private static let bucketSize = 1 << 22

    init(over processes: ProcessGroup, of parameters: [Parameter], bucketSize: Int = Self.bucketSize) {
        self.processes = processes
        self.parameters = parameters
        var buckets: [[Int]] = []
        var size = bucketSize
        for (number, parameter) in parameters.enumerated().reversed() {
            if size >= bucketSize {
                buckets.append([])
                size = 0
            }
            buckets[buckets.count - 1].append(number)
            size += parameter.shape.count
        }
        self.buckets = buckets
    }

    /// The gradients of a loss added to those of batches before it, as means over all processes.
    func gradients(of loss: Tensor, addedTo earlier: Gradients) -> Gradients {
        var own = earlier
        var missing = buckets.map(\.count)
        let bucketOf = Dictionary(
            uniqueKeysWithValues: buckets.enumerated().flatMap { place, bucket in
                bucket.map { ($0, place) }
            })
        var sums: [PendingSum] = []
        loss.gradients(of: parameters) { number, gradient in
            own.add(gradient, for: parameters[number])
            guard let place = bucketOf[number] else { return }
            missing[place] -= 1
            while sums.count < buckets.count, missing[sums.count] == 0 { sums.append(send(buckets[sums.count], own)) }
        }
        // What has parameters that the loss does not depend on.
        for bucket in buckets[sums.count...] { sums.append(send(bucket, own)) }
        for (bucket, sum) in zip(buckets, sums) { place(sum.values(), of: bucket, in: &own) }
        return own
    }

    /// A bucket's gradients as one message, zeros where there is none.
    private func send(_ bucket: [Int], _ gradients: Gradients) -> PendingSum {
        var message: [Float] = []
        message.reserveCapacity(bucket.reduce(0) { $0 + parameters[$1].shape.count })
        for number in bucket {
            if let gradient = gradients[parameters[number]] {
                gradient.withScalars { message += $0 }
            } else {
                message += repeatElement(0, count: parameters[number].shape.count)
            }
        }
        return processes.beginSum(message)
    }

    private func place(_ sums: [Float], of bucket: [Int], in gradients: inout Gradients) {
        var start = 0
        for number in bucket {
            let parameter = parameters[number]
            let end = start + parameter.shape.count
            if gradients[parameter] != nil {
                let share = 1 / Float(processes.count)
                gradients[parameter] = Tensor(sums[start..<end].map { $0 * share }, shape: parameter.shape)
            }
            start = end
        }
    }
}
