import App
import ArgumentParser
import Connectivity
import Foundation
import Kernel
import Plan
import Platform

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take in files.", subcommands: [Register.self, Resources.self])

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare a workbook of the facility register with what is known; with --accept, take it in.")

        @OptionGroup var options: DataOptions
        @Argument(help: "An .xlsx or .csv file.") var file: String
        @Flag(help: "Take the changes in, as one transaction.") var accept = false
        @Option(help: "The day the figures are of (YYYY-MM-DD), when the workbook does not say.") var date: String?
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            let day = try date.map { try parseDate($0) }
            try await self.withPlatform(options) { platform in
                let outcome = try await platform.connectivity.imports.run(
                    path: file, fileName: (file as NSString).lastPathComponent, by: .system, scope: .everything,
                    statisticsOn: day, accept: accept)
                if json { return try Output.json(outcome) }
                Output.line(
                    "new \(outcome.new), changed \(outcome.changed), unchanged \(outcome.unchanged), refused \(outcome.refused)"
                )
                for row in outcome.refusedRows {
                    Output.line("\(row.sheet)\t\(row.row)\t\(row.reasons.joined(separator: "；"))")
                }
            }
        }
    }
}

extension ImportCommand {
    struct Resources: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare a folder of resources and its workbook with what is known; with --accept, take it in.")

        @OptionGroup var options: DataOptions
        @Argument(help: "A folder with files and a workbook (.xlsx or .csv) that tells of them.") var folder: String
        @Option(help: "The login of the teacher whose resources they are.") var login: String
        @Flag(help: "Make the resources, as drafts.") var accept = false
        @Flag(help: "With --accept: hand them in for review; states that what is original is the teacher's own.")
        var submit = false
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            try await self.withPlatform(options) { platform in
                let token = try await platform.identity.startSession(login: login)
                guard let session = try await platform.identity.authenticate(token) else { throw DomainError.notFound }
                let outcome = try await platform.resources.importFolder(
                    at: folder, by: session.user, accepts: accept, submits: submit)
                if json { return try Output.json(outcome) }
                Output.line(
                    "new \(outcome.count("new")), taken \(outcome.count("taken")), known \(outcome.count("known")), "
                        + "refused \(outcome.count("refused"))")
                for line in outcome.lines where !line.reasons.isEmpty {
                    Output.line("\(line.row)\t\(line.title)\t\(line.reasons.joined(separator: "；"))")
                }
                for name in outcome.missing { Output.line("missing\t\(name)") }
                for name in outcome.unused { Output.line("unused\t\(name)") }
            }
        }
    }
}

/// `YYYY-MM-DD`, or an error that says so.
func parseDate(_ text: String) throws -> LocalDate {
    guard let day = LocalDate(iso: text) else { throw ValidationError("'\(text)' is no date of the form YYYY-MM-DD") }
    return day
}

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Plan documents.", subcommands: [Import.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cut a plan document into its clauses; with --publish, make it the city's plan.")

        @OptionGroup var options: DataOptions
        @Argument(help: "A .txt or .docx file.") var file: String
        @Option(help: "The plan's title.") var title: String?
        @Flag(help: "Publish at once as a version, without a person's preview.") var publish = false
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            try await self.withPlatform(options) { platform in
                let outcome = try await platform.plan.documents.importFile(
                    path: file, name: (file as NSString).lastPathComponent, title: title, publish: publish, by: .system)
                if json { return try Output.json(outcome) }
                for clause in outcome.clauses {
                    Output.line("\(clause.path)\t\(clause.heading ?? "")\t\(clause.text.prefix(40))")
                }
            }
        }
    }
}

struct IndicatorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "indicators", abstract: "The state of every target for an organisation on a day.")

    @OptionGroup var options: DataOptions
    @Option(help: "The organisation's code, for example 450603; the city when left out.") var organisation: String?
    @Option(help: "The day asked about (YYYY-MM-DD); today when left out.") var date: String?
    @Flag(help: "For scripts.") var json = false

    func run() async throws {
        let day = try date.map { try parseDate($0) } ?? Timestamp.now.day
        try await withPlatform(options) { platform in
            let states = try await platform.plan.boards.states(of: organisation, on: day)
            if json { return try Output.json(states) }
            for state in states { Output.line(state.line) }
        }
    }
}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write data to files.", subcommands: [Register.self])

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The facility register of a day as .xlsx or .csv.")

        @OptionGroup var options: DataOptions
        @Argument(help: "The file to write.") var file: String
        @Option(help: "The day asked about (YYYY-MM-DD); today when left out.") var date: String?

        func run() async throws {
            let day = try date.map { try parseDate($0) } ?? Timestamp.now.day
            try await self.withPlatform(options) { platform in
                let count = try await platform.connectivity.register.export(to: file, on: day, scope: .everything)
                Output.line("\(count) schools written to \(file)")
            }
        }
    }
}
