import Checkpoints
import FuzzSupport

/// Takes the bytes for a safetensors file.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    folder.with("file.safetensors", start, count) {
        let file = try SafetensorsFile(contentsOf: $0)
        for name in file.names { try file.withBytes(of: name) { precondition($0.count <= count) } }
    }
    return 0
}
