import Foundation
import JSON
import Testing

@Suite struct WritingTests {
    private let tree: JSONTree = [
        "b": 1, "a": [true, nil, 0.1, 1e-7, .number(.leastNonzeroMagnitude), 1e22, -0.0], "é": "q\"\\\n\u{1}\u{2028}😀",
        "empty": [:], "none": [],
    ]

    @Test func writesOneLine() {
        #expect(
            JSONWriter().text(tree)
                == #"{"b":1,"a":[true,null,0.1,1e-07,5e-324,1e+22,-0.0],"é":"q\"\\\n\u0001\#u{2028}😀","empty":{},"none":[]}"#
        )
    }

    @Test func writesAsPythonDoes() {
        let writer = JSONWriter(keyOrder: .sorted, escapesNonASCII: true, isSpaced: true)
        #expect(
            writer.text(tree)
                == #"{"a": [true, null, 0.1, 1e-07, 5e-324, 1e+22, -0.0], "b": 1, "empty": {}, "none": [], "\u00e9": "q\"\\\n\u0001\u2028\ud83d\ude00"}"#
        )
    }

    @Test func writesIndented() {
        #expect(
            JSONWriter(indentation: 2).text(["a": [1, 2], "b": [:]])
                == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}")
    }

    @Test func writesWhatIsNoNumberAsText() {
        #expect(
            JSONWriter().text([.number(.nan), .number(.infinity), .number(-.infinity)])
                == #"["NaN","Infinity","-Infinity"]"#)
    }

    @Test func numbersReadBackToTheSameBits() throws {
        var bits: UInt64 = 1
        for _ in 0..<10_000 {
            bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let number = Double(bitPattern: bits)
            guard number.isFinite else { continue }
            let text = JSONWriter().bytes([.number(number)])
            let read = try JSONDocument(parsing: text, name: "number").root.array[0].double
            #expect(read.bitPattern == number.bitPattern)
        }
    }
}

@Suite struct FileReplacementTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func replacesInOneStep() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("a.json")
            try JSONWriter().write([1], to: file)
            try JSONWriter().write([2], to: file)
            #expect(try String(contentsOf: file, encoding: .utf8) == "[2]\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.json"])
        }
    }

    @Test func leavesNothingWithoutACommit() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("a.bin")
            try Data("old".utf8).write(to: file)
            do {
                let replacement = try FileReplacement(of: file)
                try replacement.append(Array(repeating: 1, count: 3 << 20))
            }
            #expect(try String(contentsOf: file, encoding: .utf8) == "old")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.bin"])
        }
    }

    @Test func namesTheFileThatCannotBeWritten() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("absent/a.json")
            let problem = "cannot be written: there is no folder \(folder.path)/absent"
            #expect(throws: FileError(file: file.path, problem: problem)) { try JSONWriter().write([1], to: file) }
            let isFolder = FileError(file: folder.path, problem: "is a folder; wanted the name of a file")
            #expect(throws: isFolder) { try FileReplacement(of: folder) }
        }
    }

    @Test func keepsLinks() throws {
        try withFolder { folder in
            let (file, link) = (folder.appendingPathComponent("b/a.json"), folder.appendingPathComponent("link"))
            try FolderReplacement.make(folder.appendingPathComponent("b"))
            try JSONWriter().write([1], to: file)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
            try JSONWriter().write([2], to: link)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == file.path)
            #expect(try String(contentsOf: file, encoding: .utf8) == "[2]\n")
            try FileManager.default.removeItem(at: file)
            try JSONWriter().write([3], to: link)
            #expect(try String(contentsOf: link, encoding: .utf8) == "[3]\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["b", "link"])
        }
    }

    /// A pipe stays one, and gets what is written.
    @Test func writesToWhatIsNoFile() throws {
        try withFolder { folder in
            let pipe = folder.appendingPathComponent("pipe")
            #expect(mkfifo(pipe.path, 0o600) == 0)
            let reader = open(pipe.path, O_RDONLY | O_NONBLOCK)
            defer { close(reader) }
            try JSONWriter().write([1], to: pipe)
            var bytes = [UInt8](repeating: 0, count: 9)
            #expect(read(reader, &bytes, 9) == 4 && bytes.starts(with: "[1]\n".utf8))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["pipe"])
        }
    }

    @Test func addsToTheEnd() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("log.jsonl")
            for line in ["a\n", "b\n"] { try AppendedFile(file).append(Array(line.utf8)) }
            #expect(try String(contentsOf: file, encoding: .utf8) == "a\nb\n")
            #expect(throws: FileError(file: folder.path, problem: "is a folder; wanted the name of a file")) {
                try AppendedFile(folder)
            }
        }
    }

    @Test func locksKeepOthersOut() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("log")
            try Data().write(to: file)
            for place in [file, folder] {
                do {
                    let held = FileLock(place)
                    #expect(held != nil && FileLock(place) == nil, "\(place.path)")
                    withExtendedLifetime(held) {}
                }
                #expect(FileLock(place) != nil, "\(place.path)")
            }
            #expect(FileLock(folder.appendingPathComponent("nowhere")) != nil)
        }
    }

    @Test func replacesFolders() throws {
        try withFolder { folder in
            let place = folder.appendingPathComponent("a/b/model")
            for value in [1, 2] {
                let replacement = try FolderReplacement(of: place)
                try JSONWriter().write(.integer(value), to: replacement.folder.appendingPathComponent("\(value).json"))
                try replacement.commit()
            }
            do {
                let abandoned = try FolderReplacement(of: place)
                try JSONWriter().write(3, to: abandoned.folder.appendingPathComponent("3.json"))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["2.json"])
            let parent = place.deletingLastPathComponent()
            #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path) == ["model"])
            let file = place.appendingPathComponent("2.json")
            let stands = FileError(file: file.path, problem: "stands where a folder is wanted")
            #expect(throws: stands) { try FolderReplacement.make(file) }
            #expect(throws: stands) { try FolderReplacement(of: file) }
            #expect(try JSONDocument(contentsOf: file).root.int == 2)
        }
    }
}
