import Foundation
import JSON
import Reports
import Testing
import Training

/// The page of several runs: a plot for each number, a curve for each run.
@Suite struct RunReportTests {
    private func write(_ lines: [String], _ folder: URL, end: String = "\n") throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data((lines.joined(separator: "\n") + end).utf8).write(to: folder.appendingPathComponent("log.jsonl"))
    }

    @Test func everyNumberHasAPlotWithACurveForEachRun() throws {
        try withFolder { folder in
            let (one, two) = (folder.appendingPathComponent("a/run"), folder.appendingPathComponent("b/run"))
            try write(
                [
                    #"{"time":1,"settings":{"run.seed":"1","run.init_lr":"0.01"}}"#,
                    #"{"step":1,"epoch":0,"batch":0,"loss":4,"loss_lm":3.5,"time":1}"#,
                    #"{"step":2,"epoch":0,"batch":1,"loss":2,"loss_lm":1.25,"time":1}"#,
                    #"{"validated_step":2,"validation_loss":3,"samples":[{"name":"a.jpg","text":"a <dog>"}],"time":1}"#,
                ], one)
            try write(
                [
                    #"{"time":1,"settings":{"run.seed":"1","run.init_lr":"0.1"}}"#,
                    #"{"step":1,"epoch":0,"batch":0,"loss":"NaN","time":1}"#, #"{"step":2,"loss":8}"#,
                    #"{"step":3,"lo"#,
                ], two, end: "")
            let page = try RunReport(folders: [one, two]).page.text
            for name in ["loss", "loss_lm", "validation_loss"] {
                #expect(page.contains("aria-label=\"\(name)\""), "\(name)")
            }
            #expect(!page.contains("aria-label=\"epoch\"") && !page.contains("aria-label=\"time\""))
            #expect(page.components(separatedBy: "<path").count - 1 == 2 + 1 + 1)
            #expect(page.contains("\u{25cf} a/run") && page.contains("\u{25cf} b/run"))
            #expect(page.contains("<th>a.jpg</th><td>a &lt;dog&gt;</td><td></td>"))
            #expect(page.contains("<th>run.init_lr</th><td>0.01</td><td>0.1</td>"))
            #expect(page.contains("1 that all runs share") && page.contains("<th>run.seed</th><td>1</td></tr>"))
            #expect(page.contains("<th>loss_lm</th><td>1.25</td><td></td>"))
            #expect(page.contains("<th>loss</th><td>2</td><td>8</td>"))
            #expect(!page.contains("http"), "the page needs something beside itself")
        }
    }

    @Test func aRealRunCanBeShown() throws {
        try withFolder { folder in
            var trainer = Trainer(
                ToyStage(model: ToyModel()), on: ToyBatches(), options: toyOptions(batchCount: 1300), folder: folder)
            try trainer.run(resuming: false)
            let page = try RunReport(folders: [folder]).page.text
            #expect(page.contains("aria-label=\"loss_fit\"") && page.contains("aria-label=\"gradient_norm\""))
            // 1300 points are drawn as means of three.
            let curves = page.components(separatedBy: "<path d=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
            #expect(curves.count > 2 && curves.prefix(2).allSatisfy { $0.count { $0 == "L" } == 433 })
            #expect(curves[0] != curves[1], "the trend is smoother than what it is the trend of")
        }
    }

    @Test func aFolderWithoutALogIsNamed() throws {
        try withFolder { folder in
            #expect(
                message(in: folder) { try RunReport(folders: [folder]) }
                    == "run/log.jsonl: cannot be read; a run's folder holds it")
        }
    }
}
