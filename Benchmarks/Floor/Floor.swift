import CSQLite
import Foundation
import Hummingbird
import NIOCore

/// The floor that pages are measured against: bare Hummingbird, the page's own queries on bare SQLite, its bytes out.
/// `floor PORT DATABASE FOLDER`: for each `NAME.html` in the folder, `GET /NAME` runs the statements of `NAME.sql`
/// (one a line, values written in), reads every column of every row, and answers the file's bytes.
@main
struct Floor {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let port = Int(arguments[1]) else {
            return print("usage: floor PORT DATABASE FOLDER")
        }
        let router = Router()
        for name in try FileManager.default.contentsOfDirectory(atPath: arguments[3]) where name.hasSuffix(".html") {
            let base = String(name.dropLast(5))
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(arguments[3])/\(name)"))
            let text = try String(contentsOfFile: "\(arguments[3])/\(base).sql", encoding: .utf8)
            let statements = text.split(separator: "\n").map(String.init)
            let pool = Pool(path: arguments[2], size: 4)
            router.get(RouterPath("/\(base)")) { _, _ in
                let sum = pool.run(statements)
                return Response(
                    status: .ok,
                    headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .server: "\(sum)"],
                    body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
            }
        }
        let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
        try await application.runService()
    }
}

/// Connections that handlers borrow; statements are prepared once per connection.
private final class Pool: @unchecked Sendable {
    private let lock = NSLock()
    private var free: [Handle] = []

    final class Handle {
        let database: OpaquePointer
        var statements: [String: OpaquePointer] = [:]
        init(_ path: String) {
            var handle: OpaquePointer?
            sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
            database = handle!
        }
    }

    init(path: String, size: Int) { free = (0..<size).map { _ in Handle(path) } }

    func run(_ statements: [String]) -> Int {
        let handle = lock.withLock { free.popLast() }
        guard let handle else { return -1 }
        defer { lock.withLock { free.append(handle) } }
        var sum = 0
        for text in statements {
            if handle.statements[text] == nil {
                var statement: OpaquePointer?
                guard sqlite3_prepare_v2(handle.database, text, -1, &statement, nil) == SQLITE_OK else { return -2 }
                handle.statements[text] = statement
            }
            let statement = handle.statements[text]!
            while sqlite3_step(statement) == SQLITE_ROW {
                for column in 0..<sqlite3_column_count(statement) {
                    if let value = sqlite3_column_text(statement, column) { sum &+= Int(value[0]) }
                }
            }
            sqlite3_reset(statement)
        }
        return sum
    }
}
