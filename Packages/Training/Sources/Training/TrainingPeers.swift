import Communication
import Layers

/// The processes of a run as a model sees them that works on its part of their batch.
struct TrainingPeers: BatchPeers {
    private let processes: ProcessGroup

    /// Nil where one process works alone.
    init?(_ processes: ProcessGroup) {
        if processes.count == 1 { return nil }
        self.processes = processes
    }

    var rank: Int { processes.rank }
    var count: Int { processes.count }

    func sum(_ values: UnsafeMutableBufferPointer<Float>) { processes.sum(values) }

    func sum(_ values: [Double]) -> [Double] { processes.sum(values) }

    func gather<Element: BitwiseCopyable>(_ own: UnsafeBufferPointer<Element>) -> [Element] { processes.gather(own) }
}
