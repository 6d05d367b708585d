/// How a PNG begins. In a file of its own: Swift takes a lone file for a script.
let mark: [UInt8] = [0x89] + Array("PNG".utf8)
