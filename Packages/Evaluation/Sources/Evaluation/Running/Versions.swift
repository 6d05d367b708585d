import Foundation
import JSON

/// The versions that results were made with.
enum Versions {
    /// This project's, as the heading of CHANGELOG.md that is being written.
    static let own = "Unreleased"

    /// The libraries that pixels, tokens, products and hashes come from.
    private static let libraries = [
        "libcrypto", "libjpeg", "libopenblas", "libpng", "libprotobuf", "libsentencepiece", "libsimdjson", "libwebp",
        "libz",
    ]

    /// The system, this project, the compiler, and the names of the libraries' files, which bear their versions.
    static var tree: JSONTree {
        [
            "system": .string(ProcessInfo.processInfo.operatingSystemVersionString), "swift-blip2": .string(own),
            "swift": .string(compiler), "libraries": .array(loadedLibraries.map(JSONTree.string)),
        ]
    }

    /// A compiler tells programs no more than which versions it is at least.
    private static var compiler: String {
        #if compiler(>=6.4)
            "6.4 or later"
        #elseif compiler(>=6.3)
            "6.3"
        #elseif compiler(>=6.2)
            "6.2"
        #else
            "6.1 or earlier"
        #endif
    }

    /// As the system mapped them into this process, whatever their links are called: `libopenblasp-r0.3.21.so`.
    private static var loadedLibraries: [String] {
        // Such a file has no length, and comes a page at a time.
        let maps = try? FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/maps")).readToEnd()
        let lines = String(decoding: maps ?? Data(), as: UTF8.self)
        let files = Set(lines.split(separator: "\n").compactMap { $0.split(separator: "/").last.map(String.init) })
        return files.filter { file in file.contains(".so") && libraries.contains { file.hasPrefix($0) } }.sorted()
    }
}
