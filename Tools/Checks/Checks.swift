import ArgumentParser
import Foundation

/// What `make check` runs beside the formatter.
@main
struct Checks: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks what compilers and the formatter do not see.",
        discussion: """
            Manifests in step, imports that the manifests and docs/architecture.md allow, file lengths, links in
            documents, examples in the packages' READMEs. Prints one line for each finding and then exits with 1.
            """)

    @Option(help: "The repository to check.")
    var root = "."

    @Option(help: "The finished release build that examples are compiled against; without it they are not compiled.")
    var build: String?

    func run() throws {
        let repository = Repository(root: URL(fileURLWithPath: root))
        let findings = try collect(in: repository)
        findings.forEach { print($0) }
        print(findings.isEmpty ? "Checks passed." : "\(findings.count) findings.")
        if !findings.isEmpty { throw ExitCode.failure }
    }

    private func collect(in repository: Repository) throws -> [Finding] {
        let root = try Manifest(evaluating: "", of: repository)
        let packages = try repository.folders(in: "Packages").map {
            try Manifest(evaluating: "Packages/\($0)", of: repository)
        }
        var findings = ManifestCheck(root: root, packages: packages).findings()
        findings += try ArrowCheck(root: root, packages: packages, repository: repository).findings()
        findings += try ImportCheck(repository: repository, root: root).findings()
        findings += try SourceCheck(repository: repository).findings()
        findings += try LinkCheck(repository: repository).findings()
        if let build {
            findings += try ReadmeCheck(
                repository: repository, packages: packages, products: URL(fileURLWithPath: build), root: root
            ).findings()
        }
        return findings
    }
}
