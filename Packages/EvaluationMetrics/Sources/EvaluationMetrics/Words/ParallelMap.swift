import Dispatch

/// What `body` gives for 0 ..< `count`, in order, computed on all processors, `size` of them in a row on one.
func parallelMap<Value: Sendable>(_ count: Int, by size: Int = 64, _ body: @Sendable (Int) -> Value) -> [Value] {
    var result = [Value?](repeating: nil, count: count)
    result.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let places = buffer
        DispatchQueue.concurrentPerform(iterations: (count + size - 1) / size) { piece in
            for place in piece * size..<min(count, (piece + 1) * size) { places[place] = body(place) }
        }
    }
    return result.compactMap { $0 }
}
