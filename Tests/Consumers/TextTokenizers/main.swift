import Foundation
import TextTokenizers

// Prints the ids of a sentence: client VOCABULARY SENTENCE, both files.
let files = CommandLine.arguments.dropFirst().map { URL(fileURLWithPath: $0) }
let tokenizer = try WordPieceTokenizer(vocabularyFile: files[0])
let sentence = try String(contentsOf: files[1], encoding: .utf8)
print(tokenizer.encode(sentence).map(String.init).joined(separator: " "))
