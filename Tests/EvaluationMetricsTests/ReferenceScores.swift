import Foundation
import JSON
import TestSupport
import Testing

extension OracleFolder {
    /// The scores of all candidate files.
    func scoreFiles() throws -> [(name: String, scores: JSONValue)] {
        let others = ["summary.json", "timing_whole_process.json"]
        return try names(in: "caption_scores").filter { !$0.hasSuffix(".tokenized.json") && !others.contains($0) }
            .map { ($0, try json("caption_scores/\($0)")) }
    }
}

/// METEOR's data, which the environment variable BLIP_METEOR names.
enum METEORFile {
    static let path = ProcessInfo.processInfo.environment["BLIP_METEOR"] ?? ""
    static let isNamed = !path.isEmpty
    static let whenNamed: Comment = "BLIP_METEOR names no file of METEOR's data"
}
