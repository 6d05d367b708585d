import ArgumentParser
import Configuration
import Datasets
import Foundation
import JSON
import Programs
import Reports

/// `dataset show`: what the model will really see.
struct Show: Program {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Makes a page of samples as training will see them, with their captions.",
        discussion: "The samples are the first of the first epoch, with the draws of the recipe's seed.")

    static var examples: [String] {
        let recipe = "Apps/train/recipes/world/stage1.yaml"
        return [
            "\(invocation) show \(recipe) -n 12 --output page.html",
            "\(invocation) show \(recipe) --output page.html --options datasets.pairs.vis_processor=blip2_image_train",
        ]
    }

    @Argument(help: "The recipe, or any YAML file with a section datasets.pairs.")
    var recipe: PathArgument

    @Option(parsing: .upToNextOption, help: "Settings that go over the recipe's: run.seed=7")
    var options: [String] = []

    @Option(name: [.customShort("n"), .long], help: "How many samples are shown.")
    var number = 12

    @Option(help: "The page, an HTML file.")
    var output: PathArgument

    func validate() throws {
        if !(1...1000).contains(number) { throw ValidationError("-n is \(number), wanted 1 to 1000") }
    }

    func run() throws {
        let document = try ConfigurationDocument(contentsOf: recipe.url, options: options)
        let data = try document.decode(DataConfiguration.self)
        let previews = try data.pairs.preview(count: number, seed: data.seed)
        let figures = try previews.map(figure)
        let page = HTMLPage(
            title: "Samples of \(recipe)",
            body: [.heading(1, "Samples"), .paragraph("\(recipe), seed \(data.seed)")] + figures)
        try FileReplacement.write(page.text.utf8, to: output.url)
        print(output)
    }

    private func figure(_ preview: CaptionPreview) throws -> HTML {
        let picture: HTML
        switch preview.square {
        case .success(let square):
            picture = .image(
                try square.png(), type: "image/png", description: preview.caption, width: max(square.width, 200))
        case .failure(let error): picture = .paragraph(error.description)
        }
        let caption = HTML.element(
            "figcaption", [:],
            [.text(preview.caption), .element("br"), .element("small", [:], [.text(preview.picture)])])
        return .element("figure", [:], [picture, caption])
    }
}
