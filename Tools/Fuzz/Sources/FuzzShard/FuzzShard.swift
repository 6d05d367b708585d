import Datasets
import FuzzSupport

/// Takes the bytes for a tar shard as WebDataset's.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    folder.with("shard.tar", start, count) { use(try WebDatasetCaptions($0.path)) }
    return 0
}
