import Testing

@Suite struct ChecksTests {
    @Test func passesWhatIsInStep() throws {
        let (code, lines) = try SmallRepository().check()
        #expect(lines == ["Checks passed."])
        #expect(code == 0)
    }

    @Test func namesEveryDrift() throws {
        var repository = SmallRepository()
        repository.change("Packages/Lower/Package.swift", "path: \"Sources/Lower\"", to: "path: \"Sources/Other\"")
        repository.change(
            "Packages/Upper/Package.swift", "path: \"Sources/Upper\"",
            to: "path: \"Sources/Upper\", swiftSettings: [.define(\"UP\")]")
        repository.change("Package.swift", "name: \"Upper\", dependencies: [\"Lower\"]", to: "name: \"Upper\"")
        repository.change("Package.swift", ".library(name: \"Lower\", targets: [\"Lower\"]),", to: "")
        let (code, lines) = try repository.check()
        #expect(code == 1)
        #expect(
            lines.contains(
                "Package.swift: Lower lies at Packages/Lower/Sources/Lower, not Packages/Lower/Sources/Other"))
        #expect(lines.contains { $0.hasPrefix("Packages/Upper/Package.swift: Upper: settings is [{") })
        #expect(
            lines.contains("Package.swift: Upper does not name Lower, in Packages/Upper/Package.swift it does"))
        #expect(lines.contains("Package.swift: lacks product Lower of Packages/Lower/Package.swift"))
        #expect(lines.contains("Packages/Upper/Sources/Upper/Upper.swift:1: Upper does not name Lower"))
        #expect(lines.last == "5 findings.")
    }

    @Test func namesArrowsThatAreNotDrawn() throws {
        var repository = SmallRepository()
        repository.change("docs/architecture.md", "Upper -> Lower", to: "Upper")
        repository.change("docs/architecture.md", "level 0  Lower", to: "level 0  Lower -> Upper   Ghost")
        let (code, lines) = try repository.check()
        #expect(code == 1)
        #expect(
            lines == [
                "docs/architecture.md: draws Ghost, which does not exist",
                "docs/architecture.md: Lower does not import Upper",
                "Packages/Upper/Package.swift: Upper imports Lower, "
                    + "which the diagram in docs/architecture.md does not allow",
                "3 findings.",
            ])
    }

    @Test func namesCycles() throws {
        var repository = SmallRepository()
        repository.change("docs/architecture.md", "level 0  Lower", to: "level 0  Lower -> Upper")
        let lines = try repository.check().lines
        #expect(lines.contains("docs/architecture.md: the arrows of Lower lead back to it"))
        #expect(lines.contains("docs/architecture.md: the arrows of Upper lead back to it"))
    }

    @Test func namesDeadLinksAndUnfinishedWork() throws {
        // Put together here, or this file would be found too.
        let mark = ["TO", "DO"].joined()
        var repository = SmallRepository()
        repository.change("README.md", "`make test`", to: "`make tea`, [gone](docs/gone.md)")
        repository.change("README.md", "#the-arrows", to: "#the-bows")
        repository.change("README.md", "`Tools/Tool`", to: "`Tools/Other`")
        repository.change("Tools/Tool/main.swift", "print(up)", to: "print(up)  // \(mark)\n" + repeatedLines(300))
        let (code, lines) = try repository.check()
        #expect(code == 1)
        #expect(
            Set(lines) == [
                "Tools/Tool/main.swift: has 304 lines; over 300 look for a second idea",
                "Tools/Tool/main.swift:3: `\(mark)` has no place here",
                "README.md:3: the link docs/gone.md leads nowhere",
                "README.md:3: docs/architecture.md has no heading for #the-bows",
                "README.md:3: there is no Tools/Other",
                "README.md:3: the Makefile has no target tea",
                "6 findings.",
            ])
    }

    private func repeatedLines(_ count: Int) -> String { String(repeating: "print(up)\n", count: count) }
}
