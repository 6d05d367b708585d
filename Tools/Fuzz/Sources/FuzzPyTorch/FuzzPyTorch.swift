import Checkpoints
import FuzzSupport

/// Takes the bytes for a PyTorch file.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    folder.with("file.pth", start, count) {
        let file = try PyTorchFile(contentsOf: $0)
        for name in file.names {
            let size = file.shape(of: name)?.count
            if let tensor = try? file.tensor(named: name) { precondition(tensor.scalars.count == size) }
            if let numbers = try? file.indexTensor(named: name) { precondition(numbers.scalars.count == size) }
        }
    }
    return 0
}
