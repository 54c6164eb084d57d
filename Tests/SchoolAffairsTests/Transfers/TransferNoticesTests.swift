import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import SchoolAffairs

@Suite("Notices of transfers") struct TransferNoticesTests {
    private typealias World = AffairsWorld

    private func told(_ world: World) async throws -> [NoticePosted] {
        let payloads = try await world.database.read { db in
            try db.column(
                "SELECT payload FROM platform_event WHERE kind = \(NoticePosted.kind) ORDER BY id", as: String.self)
        }
        return try payloads.map { try JSONDecoder().decode(NoticePosted.self, from: Data($0.utf8)) }
    }

    private func apply(_ world: World) async throws -> ID<Transfer> {
        _ = try await world.add("韦一", to: world.sender.classes[2024]!)
        let claim = try TransferClaim(number: "G" + World.boy, name: "韦一", formerSchool: "", note: "")
        let place = TransferPlace(stage: .primary, entryYear: 2024, classGroup: world.receiver.classes[2024]!.id)
        return try await world.transfers { try $0.apply(claim, place, to: world.receiver.organisation) }
    }

    private func find(_ id: ID<Transfer>, _ world: World) async throws -> Transfer {
        let crypto = world.crypto
        return try await world.database.read { try TransferStore($0, crypto).find(id, within: .everything) }
    }

    @Test(
        "Each side hears when it is its turn, the receiving school of the end, and nobody of a name",
        arguments: TestDatabase.allCases)
    func turns(_ database: TestDatabase) async throws {
        try await World.run(database) { world in
            let id = try await apply(world), sender = world.sender.organisation, receiver = world.receiver.organisation
            for _ in 0..<4 {
                let transfer = try await find(id, world)
                let actor = transfer.permission == .changeApprove ? World.county : World.actor
                _ = try await world.transfers(by: actor) { try $0.pass(transfer) }
            }
            let last = try await find(id, world), posted = try await told(world)
            let units = [try #require(last.place(of: .receivingUnit)), try #require(last.place(of: .sendingUnit))]
            #expect(
                posted.map(\.receiver) == [
                    .holders(of: "affairs.change.approve", at: units[0]),
                    .holders(of: "affairs.change.apply", at: sender.path),
                    .holders(of: "affairs.change.approve", at: units[1]),
                    .holders(of: "affairs.change.apply", at: receiver.path),
                ])
            #expect(posted[1].notice.text.hasPrefix("有一项转学待转出校核") && posted[1].notice.path == TransferPages.path(id))
            #expect(posted[0].notice.path == TransferPages.root && posted[0].notice.isReplacing)
            #expect(posted[3].notice.text == "本校申请的一项转学已办结")
            #expect(posted.allSatisfy { !$0.notice.text.contains("韦一") && !$0.notice.key.contains(World.boy) })
        }
    }

    @Test(
        "What is sent back is told to the receiving school; what fails is told to nobody",
        arguments: TestDatabase.allCases)
    func refused(_ database: TestDatabase) async throws {
        try await World.run(database) { world in
            let id = try await apply(world), transfer = try await find(id, world)
            try await world.transfers { try $0.refuse(transfer, note: "材料不全") }
            await #expect(throws: DomainError.self) {
                try await world.transfers { try $0.refuse(transfer, note: "再退一次") }
            }
            #expect(try await told(world).map(\.notice.text) == ["本校申请的一项转学已退回"])
        }
    }
}
