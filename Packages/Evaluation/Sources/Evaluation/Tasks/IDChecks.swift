import Datasets
import EvaluationMetrics
import Foundation
import JSON

/// Throws an error that names the first of the pictures that are not there, before hours are spent on the others.
func requirePictures(_ pictures: [PictureFile], of list: URL) throws {
    let missing = Set(pictures.map(\.description)).filter { !FileManager.default.fileExists(atPath: $0) }
    guard let first = pictures.first(where: { missing.contains($0.description) }) else { return }
    let others = missing.count == 1 ? "" : ", nor are \(missing.count - 1) others that the list names"
    throw FileError(file: list.path, problem: "the picture \(first) is not there\(others)")
}

/// Throws an error unless a list names each id once, and what people said is about the very same.
///
/// - Parameters:
///   - listed: what is asked, by a list
///   - noun: what an id names
///   - known: what there is something known about, by another file
///   - truth: what is known: answers, captions
func requireSameIDs(
    _ listed: [ImageID], of list: URL, noun: String, _ known: [ImageID], of file: URL, _ truth: String
) throws {
    func some(_ ids: [ImageID]) -> String {
        let names = ids.prefix(5).map(\.description).joined(separator: ", ")
        return "\(ids.count) \(noun)\(ids.count == 1 ? "" : "s"): \(names)\(ids.count > 5 ? ", ..." : "")"
    }
    var seen: Set<ImageID> = []
    let repeated = listed.filter { !seen.insert($0).inserted }
    if !repeated.isEmpty { throw FileError(file: list.path, problem: "lists more than once \(some(repeated))") }
    let knownSet = Set(known)
    let strangers = known.filter { !seen.contains($0) }
    if !strangers.isEmpty {
        throw FileError(
            file: file.path, problem: "has \(truth) for what \(list.path) does not list, \(some(strangers))")
    }
    let unknown = listed.filter { !knownSet.contains($0) }
    if !unknown.isEmpty {
        throw FileError(file: file.path, problem: "lacks \(truth) for what \(list.path) lists, \(some(unknown))")
    }
}
