import Checkpoints
import Foundation
import Tensors

extension SafetensorsFile {
    /// Opens `Fixtures/<name>` beside the test file that asks.
    public convenience init(fixture name: String, besides testFile: String = #filePath) throws {
        try self.init(
            contentsOf: URL(filePath: testFile).deletingLastPathComponent().appending(path: "Fixtures/\(name)"))
    }

    /// The tensors called `<prefix>.0`, `<prefix>.1` and so on, as long as there are any.
    public func tensors(numbered prefix: String) throws -> [Tensor] { try numbers(prefix).map(tensor(named:)) }

    /// The same for whole numbers.
    public func indexTensors(numbered prefix: String) throws -> [IndexTensor] {
        try numbers(prefix).map(indexTensor(named:))
    }

    private func numbers(_ prefix: String) -> [String] {
        Array((0...).lazy.map { "\(prefix).\($0)" }.prefix { self.shape(of: $0) != nil })
    }
}
