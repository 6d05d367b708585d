/// Processes that pass through the same model at the same time, each with its part of a batch. All of them call the same
/// functions in the same order.
public protocol BatchPeers: Sendable {
    /// This process's number, from 0.
    var rank: Int { get }
    /// How many processes there are.
    var count: Int { get }

    /// Adds numbers of all processes up, element by element, in place.
    func sum(_ values: UnsafeMutableBufferPointer<Float>)

    /// Adds numbers of all processes up, element by element.
    func sum(_ values: [Double]) -> [Double]

    /// The elements of all processes, equally many each, in the order of their numbers.
    func gather<Element: BitwiseCopyable>(_ own: UnsafeBufferPointer<Element>) -> [Element]
}
