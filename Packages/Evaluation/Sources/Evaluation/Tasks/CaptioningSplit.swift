import BLIP2
import Datasets
import EvaluationMetrics
import Foundation
import Images
import JSON
import Reports

/// Captions of the pictures of a split.
struct CaptioningSplit: SplitTask {
    let files: [URL]
    private let pictures: [EvaluationImage]
    private let folder: URL
    private let references: CaptionReferences?
    private let settings: CaptioningSettings
    private let bootstrap: Bootstrap?

    /// Reads the list, and finds out whether pictures and references belong together.
    ///
    /// - Throws: an error that names the file and what is wrong in it.
    init(_ split: CaptionSplit, imagesIn folder: URL, _ settings: CaptioningSettings, _ bootstrap: Bootstrap?) throws {
        files = [split.list, split.references].compactMap { $0 }
        let list = try EvaluationList(contentsOf: split.list, imagesIn: folder)
        pictures = list.images
        self.folder = folder
        self.settings = settings
        self.bootstrap = bootstrap
        let isScored = split.references != nil || pictures.contains { !$0.captions.isEmpty }
        references = isScored ? try CaptionReferences(contentsOf: split.references ?? split.list) : nil
        if let references {
            try requireSameIDs(
                pictures.map { .number($0.imageID) }, of: split.list, noun: "picture",
                references.images.map(\.id), of: split.references ?? split.list, "captions")
        }
        try requirePictures(pictures.map { PictureFile(folder.appendingPathComponent($0.image)) }, of: split.list)
    }

    func result(
        _ model: ModelSource, shard: Shard?, journal: (String) throws -> BatchJournal
    ) throws -> SplitResult? {
        let phase = CaptioningPhase(pictures: pictures, folder: folder, settings: settings, model: model)
        guard let records = try phase.carryOut(in: journal(phase.name), shard: shard) else { return nil }
        let predictions = CaptionPredictions(
            try zip(pictures, records).map { picture, record in
                let id = try ImageID(record["image_id"])
                guard id == .number(picture.imageID) else {
                    throw record.error("is of image \(id), wanted \(picture.imageID)")
                }
                return (id, try record["caption"].string)
            }, name: "predictions")
        guard let references else { return unscored(predictions) }
        if references.images.contains(where: { $0.domain != nil }) { return try byDomain(predictions, references) }
        let evaluation = try CaptionEvaluation(
            predictions: predictions, references: references, metrics: settings.metrics, bootstrap: bootstrap,
            resources: settings.resources())
        return SplitResult(
            predictions: predictions.tree, samples: evaluation.imageTrees, scores: evaluation.report.tree,
            table: evaluation.report.table, page: CaptionPage(evaluation, pictures: folder).page)
    }

    private func byDomain(_ predictions: CaptionPredictions, _ references: CaptionReferences) throws -> SplitResult {
        let evaluation = try NoCapsEvaluation(
            predictions: predictions, references: references, metrics: settings.metrics, bootstrap: bootstrap,
            resources: settings.resources())
        let overall = evaluation.domains[evaluation.domains.count - 1].evaluation
        var page = CaptionPage(overall, pictures: folder).page
        page.body.insert(.code(evaluation.table), at: 1)
        return SplitResult(
            predictions: predictions.tree, samples: overall.imageTrees, scores: evaluation.tree,
            table: evaluation.table, page: page)
    }

    private func unscored(_ predictions: CaptionPredictions) -> SplitResult {
        let samples = zip(pictures, predictions.captions).map { picture, prediction in
            JSONTree.object([
                ("image_id", prediction.id.tree), ("file_name", .string(picture.image)),
                ("caption", .string(prediction.caption)),
            ])
        }
        let shown = evenlySpaced(pictures.count).map { place -> [SortableTable.Cell] in
            let caption = predictions.captions[place].caption
            return [
                SortableTable.Cell(
                    pictureInPage(folder.appendingPathComponent(pictures[place].image), caption)
                        + [.text("\(pictures[place].imageID)")]), SortableTable.Cell(caption),
            ]
        }
        let note = "\(pictures.count) captions; the references are kept back, so there are no scores"
        return SplitResult(
            predictions: predictions.tree, samples: samples, scores: nil, table: note,
            page: HTMLPage(
                title: "Captions",
                body: [
                    .heading(1, "Captions"), .paragraph(note + "."),
                    SortableTable(header: ["image", "caption"], rows: shown).html,
                ], isSortable: true))
    }
}

/// Captions as they are written, batch by batch.
private struct CaptioningPhase: EvaluationPhase {
    let pictures: [EvaluationImage]
    let folder: URL
    let settings: CaptioningSettings
    let model: ModelSource

    let name = "captions"
    let unit = "pictures"
    let batches: [[Int]]

    init(pictures: [EvaluationImage], folder: URL, settings: CaptioningSettings, model: ModelSource) {
        self.pictures = pictures
        self.folder = folder
        self.settings = settings
        self.model = model
        batches = consecutiveBatches(of: pictures.count, size: settings.batchSize)
    }

    func records(of batch: [Int]) throws -> [JSONTree] {
        let images = try batch.map { try PictureFile(folder.appendingPathComponent(pictures[$0].image)).decode() }
        let captions = try Captioner(model.visionLanguage()).captions(of: images, options: settings.writing)
        return zip(batch, captions).map {
            ["image_id": .integer(pictures[$0].imageID), "caption": .string($1)]
        }
    }
}

extension CaptioningSettings {
    /// The files that scores need beside the captions.
    fileprivate func resources() throws -> CaptionResources {
        guard metrics.contains(.meteor) else { return CaptionResources() }
        let named = ProcessInfo.processInfo.environment["BLIP_METEOR"].flatMap { $0.isEmpty ? nil : $0 }
        return CaptionResources(
            meteor: try (meteor ?? named).map { try METEORData(contentsOf: URL(fileURLWithPath: $0)) })
    }
}
