import ArgumentParser

/// A benchmark is a subcommand in a file of its own; it is listed here, and `make bench` runs it.
@main
struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the project's speed beside the machine's ceilings and beside other libraries.",
        discussion: """
            Every figure is a median over rounds in which the sides of a comparison take turns, because machines drift.
            Results are Markdown tables on standard output. Without a subcommand all benchmarks run but those of the \
            published sizes, which take many gigabytes of memory, and long: vision, decoding, captioning, answers and \
            teacher.
            """,
        subcommands: all + publishedSizes + [Everything.self], defaultSubcommand: Everything.self)

    static let all: [any ParsableCommand.Type] = [
        TrainingBenchmark.self, ProductBenchmark.self, StoredWeightBenchmark.self, KernelBenchmark.self,
        TokenizerBenchmark.self, PictureBenchmark.self, LoadingBenchmark.self, ScoreBenchmark.self,
        ProcessesBenchmark.self, BatchSizeBenchmark.self, SimilarityBenchmark.self,
    ]

    static let publishedSizes: [any ParsableCommand.Type] = [
        VisionBenchmark.self, DecodingBenchmark.self, CaptioningBenchmark.self, AnswerBenchmark.self,
        TeacherBenchmark.self,
    ]
}

/// All benchmarks with the same options.
struct Everything: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all", abstract: "Runs all benchmarks but those of the published sizes.")

    @OptionGroup var options: BenchmarkOptions

    mutating func run() throws {
        for benchmark in Benchmarks.all {
            var command = try benchmark.parseAsRoot(options.arguments)
            try command.run()
        }
    }
}
