import ArgumentParser
// Linked for what it replaces: malloc.
import CJemalloc

@main
struct SantongCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "santong", abstract: "The education platform of a city: plan, register, identity.",
        subcommands: [
            ServeCommand.self, WorkerCommand.self, MigrateCommand.self, DemoCommand.self, ImportCommand.self,
            PlanCommand.self, IndicatorsCommand.self, ExportCommand.self, UserCommand.self, BackupCommand.self,
            RestoreCommand.self, KeysCommand.self, RoutesCommand.self, AuditCommand.self, DoctorCommand.self,
            ApplicationCommand.self, ExchangeCommand.self, FilesCommand.self, SearchCommand.self,
            StandInCommand.self,
        ])
}
