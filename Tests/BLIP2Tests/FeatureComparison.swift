import BLIP2
import Checkpoints
import JSON
import Layers
import Tensors
import Testing
import TextTokenizers

/// Features and retrieval scores of a stage-1 model.
struct FeatureComparison {
    private static let tolerance = 1e-5
    /// How the original pads texts for retrieval.
    private static let retrievalLimit = 35

    private let oracle: OracleCase
    private let model: RepresentationModel
    private let file: SafetensorsFile
    private let tokenizer: WordPieceTokenizer

    init(_ oracle: OracleCase, _ model: RepresentationModel) throws {
        self.oracle = oracle
        self.model = model
        file = try oracle.recorded()
        tokenizer = try OracleTokenizers(oracle).bert
    }

    func run(_ tally: inout Tally) throws {
        guard file.names.contains("feat/image/image_embeds") else { return }
        let pixels = try file.tensor(named: "in/image")
        let texts = try oracle.meta["text_input"].array.map { try $0.string }
        let (image, text) = (model.features(of: pixels), model.features(of: longest(texts)))
        try compare("feat/image/image_embeds", image.hidden, &tally)
        try compare("feat/image/image_embeds_proj", image.vectors, &tally)
        try compare("feat/text/text_embeds", text.hidden, &tally)
        try compare("feat/text/text_embeds_proj", text.vectors, &tally)
        try compare("feat/multimodal/multimodal_embeds", model.features(of: pixels, with: longest(texts)), &tally)
        try compareRetrieval(pixels, texts, &tally)
    }

    private func compareRetrieval(_ pixels: Tensor, _ texts: [String], _ tally: inout Tally) throws {
        let layout = BatchLayout(length: .fixed(Self.retrievalLimit), limit: Self.retrievalLimit)
        let sentences = MaskedTokens(tokenizer.batch(texts, layout: layout))
        let text = model.features(of: sentences).hidden
        let logits = model.matchLogits(pixels, sentences)
        let rows = text.shape[0]
        try compare("ret/image_query_embeds", model.features(of: pixels).hidden, &tally)
        try compare("ret/vit", model.images(pixels, .evaluation()), &tally)
        try compare("ret/text_cls", text.slice(axis: 1, from: 0, to: 1).reshaped(to: [rows, text.shape[2]]), &tally)
        try compare("ret/itm_diag", logits.slice(axis: 1, from: 1, to: 2).reshaped(to: [rows]), &tally)
        let candidates = try oracle.meta["retrieval_texts"].array.map { try $0.string }
        let scores = RetrievalScores(
            try file.tensor(named: "ret/images"), MaskedTokens(tokenizer.batch(candidates, layout: layout)),
            model: model, candidateCount: try oracle.meta["k_test"].int)
        try compare("ret/score_i2t", scores.imagesToTexts, &tally)
        try compare("ret/score_t2i", scores.textsToImages, &tally)
    }

    private func longest(_ texts: [String]) -> MaskedTokens { MaskedTokens(tokenizer.batch(texts)) }

    private func compare(_ name: String, _ actual: Tensor, _ tally: inout Tally) throws {
        tally.expect("features", "\(oracle.name) \(name)", actual, try file.tensor(named: name), within: Self.tolerance)
    }
}
