import Foundation
import JSON
import Testing

/// Our captioner against runs of transformers' `Blip2ForConditionalGeneration` with an OPT model.
@Suite(.enabled(if: OracleFolder.isNamed, OracleFolder.whenNamed))
struct TransformersOracleTests {
    @Test func everyFolderEqualsTransformers() throws {
        let folder = OracleFolder.url.appendingPathComponent("hf")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        var total = Tally()
        var caseCount = 0
        for name in names {
            let url = folder.appendingPathComponent(name)
            let root = try JSONDocument(contentsOf: url.appendingPathComponent("config.json")).root
            let kinds = try root.optional("architectures")?.array.map { try $0.string } ?? []
            let language = try root.optional("text_config")?.optional("model_type")?.string
            guard kinds == ["Blip2ForConditionalGeneration"], language == "opt" else {
                print("TransformersOracleTests: \(name) is left out: it is no captioner with OPT")
                continue
            }
            var tally = Tally()
            try TransformersFolder(url).run(&tally)
            print("TransformersOracleTests: \(name): \(tally.summary)")
            #expect(tally.counts["logits"] == 2 && tally.counts["lists of ids", default: 0] >= 9)
            total.add(tally)
            caseCount += 1
        }
        #expect(caseCount > 0, "no folder was compared")
        print("TransformersOracleTests: \(caseCount) cases, \(total.total) values compared: \(total.summary)")
    }
}
