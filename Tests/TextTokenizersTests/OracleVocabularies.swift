import Foundation
import JSON
import TestSupport

extension OracleFolder {
    /// The published vocabularies.
    func asset(_ name: String) -> URL { url.deletingLastPathComponent().appendingPathComponent("assets/\(name)") }

    /// The small vocabularies of the tiny models.
    func common(_ name: String) -> URL { file("common/\(name)") }
}

extension JSONValue {
    var int32s: [Int32] {
        get throws { try array.map { try Int32(clamping: $0.int) } }
    }
}
