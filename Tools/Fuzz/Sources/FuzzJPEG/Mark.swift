/// How a JPEG begins. In a file of its own: Swift takes a lone file for a script.
let mark: [UInt8] = [0xFF, 0xD8]
