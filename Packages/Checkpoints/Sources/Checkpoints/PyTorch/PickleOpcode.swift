/// The opcodes of a pickle that are understood; Python's names are in `pickletools`.
enum PickleOpcode: UInt8 {
    case `protocol` = 0x80, frame = 0x95, stop = 0x2E
    case mark = 0x28, pop = 0x30, popMark = 0x31
    case put = 0x71, longPut = 0x72, memoize = 0x94, get = 0x68, longGet = 0x6A
    case none = 0x4E, `true` = 0x88, `false` = 0x89
    case int1 = 0x4B, int2 = 0x4D, int4 = 0x4A, long1 = 0x8A, long4 = 0x8B, double = 0x47
    case shortText = 0x8C, text = 0x58, longText = 0x8D
    case shortBytes = 0x43, bytes = 0x42, longBytes = 0x8E
    case emptyTuple = 0x29, tuple = 0x74, tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87
    case emptyList = 0x5D, append = 0x61, appends = 0x65
    case emptySet = 0x8F, addItems = 0x90
    case emptyDictionary = 0x7D, setItem = 0x73, setItems = 0x75
    case global = 0x63, stackGlobal = 0x93, reduce = 0x52, build = 0x62, persistentID = 0x51
}
