/// How a WebP begins. In a file of its own: Swift takes a lone file for a script.
let mark: [UInt8] = Array("WEBP".utf8)
