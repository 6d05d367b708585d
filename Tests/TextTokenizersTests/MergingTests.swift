import Foundation
import JSON
import TestSupport
import Testing
import TextTokenizers

/// Long and short words against the published loop, also for merges in an order that no trainer makes.
struct MergingTests {
    @Test func longWordsEqualTheObviousLoop() throws {
        try compare(Fixtures.bytePair(), merges: String(decoding: Fixtures.bytes("merges.txt"), as: UTF8.self))
    }

    @Test func mergesOutOfOrderEqualTheObviousLoop() throws {
        var numbers = SeededNumbers(seed: 3)
        for _ in 0..<40 {
            var tokens = ["<s>", "<pad>", "</s>", "<unk>", "a", "b", "c"]
            var merges: [String] = []
            for _ in 0..<12 {
                guard let left = tokens[4...].randomElement(using: &numbers),
                    let right = tokens[4...].randomElement(using: &numbers), !merges.contains("\(left) \(right)")
                else { continue }
                merges.append("\(left) \(right)")
                if !tokens.contains(left + right) { tokens.append(left + right) }
            }
            merges.shuffle(using: &numbers)
            try Fixtures.withFolder { folder in
                let entries = tokens.enumerated().map { (key: $1, value: JSONTree.integer($0)) }
                try JSONWriter().write(.object(entries), to: folder.appendingPathComponent("vocab.json"))
                let lines = "#version: 0.2\n" + merges.map { $0 + "\n" }.joined()
                try Data(lines.utf8).write(to: folder.appendingPathComponent("merges.txt"))
                try compare(BytePairTokenizer(directory: folder), merges: lines)
            }
        }
    }

    private func compare(_ tokenizer: BytePairTokenizer, merges: String) throws {
        var numbers = SeededNumbers(seed: 5)
        let lines = merges.split(separator: "\n").dropFirst()
        let ranks = Dictionary(uniqueKeysWithValues: lines.enumerated().map { (String($1), $0) })
        for length in [1, 2, 3, 8, 40, 95, 96, 97, 300, 700] {
            let letters = length % 2 == 0 ? "abc" : "acircle"
            let word = String((0..<length).map { _ in letters.randomElement(using: &numbers) ?? "a" })
            let expected = obviouslyMerged(word, ranks).map { tokenizer.id(of: $0) ?? 2 }
            #expect(tokenizer.encode(word, addingSpecialTokens: false) == expected, "\(word)")
        }
    }

    /// `GPT2Tokenizer.bpe` of transformers 4.26.0.
    private func obviouslyMerged(_ text: String, _ ranks: [String: Int]) -> [String] {
        var word = text.map(String.init)
        while true {
            let pairs = zip(word, word.dropFirst()).map { "\($0) \($1)" }
            guard
                let best = pairs.filter({ ranks[$0] != nil }).min(by: { ranks[$0, default: 0] < ranks[$1, default: 0] })
            else { return word }
            var merged: [String] = []
            var place = 0
            while place < word.count {
                let isPair = place + 1 < word.count && "\(word[place]) \(word[place + 1])" == best
                merged.append(isPair ? word[place] + word[place + 1] : word[place])
                place += isPair ? 2 : 1
            }
            word = merged
        }
    }
}
