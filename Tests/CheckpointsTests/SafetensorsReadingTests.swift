import Checkpoints
import Foundation
import Tensors
import Testing

@Suite struct SafetensorsReadingTests {
    private func open(_ bytes: [UInt8], _ body: (SafetensorsFile) throws -> Void = { _ in }) throws -> String {
        try withFolder { folder in
            try Data(bytes).write(to: folder / "a.safetensors")
            return message(in: folder) { try body(try SafetensorsFile(contentsOf: folder / "a.safetensors")) }
        }
    }

    @Test func readsTensorsOfEveryShape() throws {
        let header =
            #"{"__metadata__":{"format":"pt"},"#
            + #""b":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"a":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]},"#
            + #""none":{"dtype":"F32","shape":[3,0],"data_offsets":[12,12]}}     "#
        let outcome = try open(safetensors(header, data: 12)) { (file: SafetensorsFile) throws in
            #expect(file.metadata == ["format": "pt"])
            #expect(file.names == ["a", "b", "none"])
            #expect(file.shape(of: "a") == [2, 2])
            #expect(file.shape(of: "absent") == nil)
            #expect(file.type(of: "a") == .bfloat16)
            #expect(try file.tensor(named: "none").shape == [3, 0])
            let scalar = try file.tensor(named: "b")
            #expect(scalar.shape == [] && scalar.scalar == Float(bitPattern: 0x0B0A_0908))
            let halves = try file.tensor(named: "a")
            #expect(halves.scalarType == .bfloat16)
            let expected: [UInt32] = [0x0100_0000, 0x0302_0000, 0x0504_0000, 0x0706_0000]
            #expect(halves.scalars.map(\.bitPattern) == expected)
        }
        #expect(outcome == "no error")
    }

    @Test(arguments: [
        ("[]", 0, "a.safetensors: wanted a safetensors file; its header does not begin with {"),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            8, "a.safetensors (header), $.a: the key stands twice in its object"
        ),
        (
            #"{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}"#, 4, "a.safetensors: tensor a: unknown dtype F31"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5,
            "a.safetensors: holds 5 bytes of data where its tensors take 4"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4,
            "a.safetensors: holds 4 bytes of data where its tensors take 8"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8,
            "a.safetensors: tensor a: its data_offsets leave a hole in front of it"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            8, "a.safetensors: tensor b: its data_offsets leave an overlap with another"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4,
            "a.safetensors: tensor a: shape [2] of F32 takes 8 bytes, data_offsets give 4"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0,
            "a.safetensors: tensor a: shape [4611686018427387904, 4] of F32 is no whole number of bytes or overflows"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4,
            "a.safetensors: tensor a: shape [-1] of F32 is no whole number of bytes or overflows"
        ),
        (
            #"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}"#, 2,
            "a.safetensors: tensor a: shape [3] of F4 is no whole number of bytes or overflows"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4,
            "a.safetensors: tensor a: data_offsets [4, 0] are not a begin and an end"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, 4,
            "a.safetensors: tensor a: data_offsets [-4, 0] are not a begin and an end"
        ),
        (
            #"{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}"#, 4,
            "a.safetensors: tensor a: shape [9223372036854775807] of U8 is no whole number of bytes or overflows"
        ),
        (
            #"{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#, 1,
            "a.safetensors (header), $.a.shape[0]: found the number 1.0, wanted an integer of at most 64 bits"
        ),
        (
            #"{"a":{"dtype":"U8","shape":[1e400],"data_offsets":[0,1]}}"#, 1,
            "a.safetensors (header):1:29: the number is too large"
        ),
        (
            #"{"a":{"dtype":"U8","shape":[[[[1]]]],"data_offsets":[0,1]}}"#, 1,
            "a.safetensors (header):1:30: nested deeper than the 4 levels accepted"
        ),
        (
            #"{"a\u0000":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1,
            "a.safetensors: tensor a\0: its name holds a NUL"
        ),
        (
            #"{"a":{"dtype":"U8","shape":[1]}}"#, 1,
            "a.safetensors (header), $.a: has no key \"data_offsets\"; there are \"dtype\", \"shape\""
        ),
        (
            #"{"__metadata__":{"n":1}}"#, 0,
            "a.safetensors (header), $.__metadata__.n: found the number 1, wanted a string"
        ),
    ])
    func refuses(header: String, dataCount: Int, expected: String) throws {
        #expect(try open(safetensors(header, data: dataCount)) == expected)
    }

    @Test func refusesWhatIsNoSafetensorsFile() throws {
        let wanted = "a.safetensors: wanted a safetensors file; "
        let lengths: [(UInt64, String)] = [
            (200, "declares a header of 200 bytes in a file of 60"),
            (1 << 63, "declares a header of 9223372036854775808 bytes in a file of 60"),
            (.max, "declares a header of 18446744073709551615 bytes in a file of 60"),
        ]
        for (length, problem) in lengths {
            let head = withUnsafeBytes(of: length.littleEndian) { Array($0) }
            #expect(try open(head + Array(repeating: 0x7B, count: 52)) == wanted + problem)
        }
        #expect(try open([]) == wanted + "it is empty")
        #expect(try open([1, 2, 3]) == wanted + "only 3 bytes long")
        #expect(
            try open(Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n".utf8))
                == wanted + "it is a Git LFS pointer and not the file itself; fetch that with `git lfs pull`")
        #expect(
            try open(Array("<!DOCTYPE html><html></html>".utf8))
                == wanted + "it is an HTML or XML page; the download probably failed")
        #expect(
            try open(Array("PK\u{3}\u{4}aaaaaaaaaaaaaaaaaaa".utf8))
                == wanted + "it is a zip archive, as PyTorch's .pth files are")
    }

    @Test func holdsTheLimitsOfTheFormat() throws {
        try withFolder { folder in
            let file = folder / "a.safetensors"
            try Data(withUnsafeBytes(of: UInt64(100_000_001).littleEndian) { Array($0) }).write(to: file)
            // Almost all of the file is a hole, which takes no place on the disk.
            let handle = try FileHandle(forWritingTo: file)
            try handle.truncate(atOffset: 100_000_100)
            try handle.close()
            #expect(
                message(in: folder) { try SafetensorsFile(contentsOf: file) }
                    == "a.safetensors: wanted a safetensors file; declares a header of 100000001 bytes, of which at "
                    + "most 100000000 are read")
        }
        let entries = (0...1_000_000).map { #""\#($0)":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"# }
        let bytes = safetensors("{\(entries.joined(separator: ","))}", data: 0)
        #expect(
            message { try bytes.withUnsafeBytes { try SafetensorsHeader($0, file: "a.safetensors") } }
                == "a.safetensors: lists 1000001 tensors, of which at most 1000000 are read")
    }

    @Test func refusesNamesThatAreNotUTF8() throws {
        var bytes = safetensors(#"{"ab":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#, data: 0)
        bytes.replaceSubrange(10..<12, with: [0xC3, 0x28])
        #expect(try open(bytes) == "a.safetensors (header):1:3: the bytes are not UTF-8")
    }

    @Test func namesTypesThatAreOnlyKnownBySize() throws {
        let header =
            #"{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]},"#
            + #""b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#
        let outcome = try open(safetensors(header, data: 6)) { file in
            #expect(try file.tensor(named: "b").shape == [1])
            _ = try file.tensor(named: "a")
        }
        #expect(outcome == "a.safetensors: tensor a: F8_E4M3 is not read as a tensor")
    }

    @Test func namesMissingFiles() throws {
        try withFolder { folder in
            #expect(
                message(in: folder) { try SafetensorsFile(contentsOf: folder / "b.safetensors") }
                    == "b.safetensors: No such file or directory")
            #expect(
                message { try Checkpoint.open(folder) }.hasSuffix(
                    ": wanted model.safetensors or pytorch_model.bin, or one of them with .index.json and the files it lists"
                ))
            #expect(message { try SafetensorsFile(contentsOf: folder) }.hasSuffix(": is not a regular file"))
        }
    }

    @Test func readsWholeNumbers() throws {
        let types = [("I64", 8), ("I32", 4), ("I16", 2), ("I8", 1), ("U8", 1), ("BOOL", 1)]
        for (type, width) in types {
            let header = #"{"a":{"dtype":"\#(type)","shape":[2],"data_offsets":[0,\#(2 * width)]}}"#
            var bytes = safetensors(header, data: 0)
            bytes += [1] + Array(repeating: 0, count: width - 1) + [0] + Array(repeating: 0, count: width - 1)
            let outcome = try open(bytes) { (file: SafetensorsFile) throws in
                #expect(try file.indexTensor(named: "a") == IndexTensor([1, 0], shape: [2]))
                #expect(
                    message { try file.tensor(named: "a") }.hasSuffix(": tensor a: \(type) is not read as a tensor"))
            }
            #expect(outcome == "no error")
        }
    }

    @Test func refusesNumbersBeyond32Bits() throws {
        let bytes = safetensors(#"{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#, data: 8)
        let outcome = try open(bytes) { _ = try $0.indexTensor(named: "a") }
        #expect(outcome == "a.safetensors: tensor a: holds a number that does not fit 32 bits")
        let halves = safetensors(#"{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#, data: 2)
        #expect(
            try open(halves) { _ = try $0.indexTensor(named: "a") }
                == "a.safetensors: tensor a: F16 is not read as indices")
    }

    @Test func roundsDoubles() throws {
        var bytes = safetensors(#"{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}"#, data: 0)
        for value in [0.1, -1e300] { bytes += withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
        let outcome = try open(bytes) { (file: SafetensorsFile) throws in
            #expect(try file.tensor(named: "a").scalars == [0.1, -.infinity])
        }
        #expect(outcome == "no error")
    }
}
