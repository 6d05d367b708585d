import Checkpoints
import Tensors
import TestSupport
import Testing

/// Each operation and its derivative against PyTorch in float64, and against finite differences.
@Suite struct OperationTests {
    static let fixture = Result { try SafetensorsFile(fixture: "tensor_operations.safetensors") }

    @Test(arguments: Operation.all) func equalsPyTorch(_ operation: Operation) throws {
        let fixture = try Self.fixture.get()
        let operands = try Self.operands(of: operation)
        let found = evaluate(
            operation.function, at: operands, cotangent: try fixture.tensor(named: "\(operation.name).cotangent"))
        expectClose(
            found[0], try fixture.tensor(named: "\(operation.name).output"), within: 3e-6, "\(operation.name), result")
        for number in operands.parameters.indices {
            expectClose(
                found[number + 1], try fixture.tensor(named: "\(operation.name).gradient.\(number)"), within: 3e-6,
                "\(operation.name), gradient \(number)")
        }
    }

    @Test(arguments: Operation.all) func equalsFiniteDifferences(_ operation: Operation) throws {
        let operands = try Self.operands(of: operation)
        expectGradients(at: operands.parameters.map(\.value), step: operation.step, operation.name) { parameters in
            operation.function(
                Operands(parameters: parameters, constants: operands.constants, indices: operands.indices))
        }
    }

    @Test func everyCaseOfTheFixtureIsTested() throws {
        let cases = try Self.fixture.get().names.filter { $0.hasSuffix(".cotangent") }.map { $0.dropLast(10) }
        #expect(cases.map(String.init).sorted() == Operation.all.map(\.name).sorted())
    }

    private static func operands(of operation: Operation) throws -> Operands {
        let fixture = try fixture.get()
        return Operands(
            parameters: try fixture.tensors(numbered: "\(operation.name).input").map { Parameter($0) },
            constants: try fixture.tensors(numbered: "\(operation.name).constant"),
            indices: try fixture.indexTensors(numbered: "\(operation.name).indices"))
    }
}
