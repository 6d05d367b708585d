import Foundation

/// Processes cannot work together.
public enum CommunicationError: Error, Hashable, Sendable {
    /// Several processes were started, and this program was built without Open MPI.
    case notBuilt
    /// An operation failed, with MPI's code.
    case failed(String, code: Int)
}

extension CommunicationError: CustomStringConvertible, LocalizedError {
    /// One sentence that says what would be right.
    public var description: String {
        switch self {
        case .notBuilt:
            "several processes were started, but this program was built without Open MPI; "
                + "install libopenmpi-dev and build it again"
        case .failed(let what, let code): "\(what) with the other processes failed with MPI's code \(code)"
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }
}
