import Database
import Directory
import Foundation
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

@testable import Exchange

/// A stop of the server between any two steps loses nothing of a bundle and takes nothing twice.
@Suite("名册包接收的中断") struct BundleInterruptionTests {
    private func pupil(_ number: Int, in folder: String) throws -> String {
        let user = "x\(number)"
        let files = BundleFixture.files(
            users: [BundleFixture.user(user, "韦", "小\(number)")], roles: [BundleFixture.role(user, "student")],
            pupils: [user])
        let path = "\(folder)/bundle-\(number).zip"
        try Data(try BundleFixture.archive(files, in: folder)).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Goes on from where the bundle stands to its acceptance.
    private func goOn(_ path: String, _ service: BundleImportService, _ world: DropCity) async throws {
        let sm3 = Hex.encode(try SM3.hash(fileAt: path))
        let known: String? = try await world.database.read {
            try $0.value("SELECT id FROM exchange_bundle WHERE sm3 = \(sm3)")
        }
        let id: BundleImportID
        if let known {
            id = BundleImportID(known)
        } else {
            // Who got no answer sends it again.
            let upload = BundleImportService.Upload(path: path, name: "名册包.zip", partner: world.partner.id.rawValue)
            id = try await service.start(upload, for: world.city.user(.bureau), by: .system).bundle
        }
        // Jobs run again until they have ended.
        try await service.read(id) { _, _, _ in }
        let digest = try await service.find(id).outcome.digest
        try await service.accept(id, agreed: digest, by: .system)
    }

    @Test(arguments: TestDatabase.allCases)
    func `every step from the upload to the acceptance may be the last`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("owners", "school")]) { (world: DropCity) async throws in
            var step = 0, isDone = false
            while !isDone {
                let path = try pupil(step, in: world.city.folder), stop = Stop(at: step)
                var service = world.city.platform.exchange.bundleImports
                service.pause = { try stop.pause() }
                do { try await goOn(path, service, world) } catch is Stopped {}
                for _ in 0..<2 { try await goOn(path, world.city.platform.exchange.bundleImports, world) }
                #expect(try await world.pupils() == step + 1, "step \(step)")
                for table in [
                    "exchange_bundle", "exchange_bundle_key", "exchange_bundle_row", "exchange_run", "rosters_import",
                ] as [SQL] {
                    #expect(try await world.count(table) == step + 1, "step \(step): \(table)")
                }
                isDone = !stop.reached
                step += 1
            }
            #expect(step > 7)
            #expect(try await world.count("exchange_bundle WHERE state = 'accepted'") == step)
            // What has been read is not kept.
            let kept: SQL = "platform_file f JOIN exchange_bundle b ON b.sha256 = f.sha256"
            #expect(try await world.count(kept) == 0)
            let left = try FileManager.default.contentsOfDirectory(
                atPath: world.city.platform.configuration.dataFolder + "/uploads")
            #expect(!left.contains { $0.hasPrefix("bundle-") || $0.hasPrefix("sealed-") }, "\(left)")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a bundle given up while it is read leaves nothing`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("owners", "school")]) { (world: DropCity) async throws in
            let path = try pupil(1, in: world.city.folder), service = world.city.platform.exchange.bundleImports
            let user = try await world.city.user(.bureau)
            let upload = BundleImportService.Upload(path: path, name: "名册包.zip", partner: world.partner.id.rawValue)
            let id = try await service.start(upload, for: user, by: .system).bundle
            try await service.read(id) { done, _, _ in
                if done == 2 { try await service.discard(id, for: user, by: .system) }
            }
            #expect(try await service.find(id).state == .discarded)
            for table in ["exchange_bundle_row", "exchange_bundle_place", "rosters_import", "rosters_import_row"]
                as [SQL]
            {
                #expect(try await world.count(table) == 0, "\(table)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a bundle whose reading was given up does not stand in the way of the next`(
        on database: TestDatabase
    ) async throws {
        try await DropCity.run(database, [("owners", "school")]) { (world: DropCity) async throws in
            let path = try pupil(1, in: world.city.folder), service = world.city.platform.exchange.bundleImports
            let user = try await world.city.user(.bureau)
            let upload = BundleImportService.Upload(path: path, name: "名册包.zip", partner: world.partner.id.rawValue)
            let first = try await service.start(upload, for: user, by: .system)
            #expect(try await service.start(upload, for: user, by: .system).bundle == first.bundle)
            // It took its process down five times.
            let job = try #require(first.job)
            try await world.database.write {
                try $0.execute("UPDATE platform_job SET state = 'failed' WHERE id = \(job)")
            }
            let second = try await service.start(upload, for: user, by: .system)
            #expect(second.bundle != first.bundle && second.job != nil)
            #expect(try await service.find(first.bundle).state == .refused)
            try await world.work()
            #expect(try await service.find(second.bundle).state == .compared)
            #expect(try await service.start(upload, for: user, by: .system).bundle == second.bundle)
        }
    }
}
