import ArgumentParser
import Foundation

/// What all apps have in common: an error is one line on standard error, its exit code is 1, that of wrong usage 2, and
/// the help ends in commands to try.
public protocol Program: ParsableCommand {
    /// Two commands that work on what `make demo` leaves, or on what `exampleSetting` says.
    static var examples: [String] { get }

    /// What the examples need, to follow the word in the help.
    static var exampleSetting: String { get }

    /// The exit code after an error of `run()`; 1 unless the program has a reason for another.
    static func exitCode(after error: any Error) -> Int32
}

extension Program {
    /// How the program was called, so that the examples can be copied.
    public static var invocation: String { CommandLine.arguments.first ?? "" }

    /// What `make demo` leaves.
    public static var exampleSetting: String { "after `make demo`" }

    /// 1.
    public static func exitCode(after error: any Error) -> Int32 { 1 }

    /// Parses the arguments and runs the command that they name.
    public static func main() {
        var chosen: any ParsableCommand.Type = Self.self
        do {
            var command = try parseAsRoot()
            chosen = type(of: command)
            try command.run()
            try flushOutput()
        } catch let code as ExitCode {
            exit(withError: code)
        } catch {
            leave(chosen, error)
        }
    }

    private static func leave(_ command: any ParsableCommand.Type, _ error: any Error) -> Never {
        let text = fullMessage(for: error)
        switch exitCode(for: error) {
        case .success:
            print(text.hasPrefix("OVERVIEW: ") ? text.trimmingCharacters(in: .newlines) + exampleText : text)
            do { try flushOutput() } catch { report(error) }
            Foundation.exit(0)
        case .validationFailure:
            FileHandle.standardError.write(Data("\(text)\n".utf8))
            Foundation.exit(2)
        default:
            report(error, code: (command as? any Program.Type)?.exitCode(after: error) ?? 1)
        }
    }

    private static func report(_ error: any Error, code: Int32 = 1) -> Never {
        FileHandle.standardError.write(Data("\(configuration.commandName ?? ""): \(error)\n".utf8))
        Foundation.exit(code)
    }

    /// What was printed may lie in memory until the end; whoever reads it must not take a part for the whole.
    private static func flushOutput() throws {
        if fflush(nil) != 0 { throw OutputError(problem: String(cString: strerror(errno))) }
    }

    /// The end of the help: the examples of the command that the arguments name.
    private static var exampleText: String {
        let words = CommandLine.arguments.dropFirst().filter { $0 != "help" }
        let named = configuration.subcommands.first { $0.configuration.commandName == words.first }
        let program = named as? any Program.Type
        let (examples, setting) = (program?.examples ?? examples, program?.exampleSetting ?? exampleSetting)
        return "\n\nEXAMPLES, \(setting):\n" + examples.map { "  \($0)" }.joined(separator: "\n")
    }
}

/// Standard output did not take what was printed.
public struct OutputError: Error, CustomStringConvertible {
    /// What the system said.
    let problem: String

    /// The whole sentence.
    public var description: String { "standard output cannot be written: \(problem)" }
}
