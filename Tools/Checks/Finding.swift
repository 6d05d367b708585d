/// One thing that is not as it should be, printed the way compilers do so that editors can jump to it.
struct Finding: Error, CustomStringConvertible {
    let path: String
    var line: Int?
    let message: String

    init(_ path: String, line: Int? = nil, _ message: String) {
        self.path = path
        self.line = line
        self.message = message
    }

    var description: String { [path, line.map(String.init), " " + message].compactMap { $0 }.joined(separator: ":") }
}
