import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

/// Files that a partner fetches, and files that nobody fetches.
@Suite("取走与过期") struct DropExpiryTests {
    /// Writes the organisations for the partner and returns the file.
    private func write(_ world: DropCity, at now: Timestamp) async throws -> DropFile {
        let partner = world.partner.id, known = Set(try await world.files().map(\.id))
        try await world.database.write {
            try PartnerStore($0).order(.organisations, isFull: true, for: partner, now: now)
        }
        var writer = world.drop.writer
        writer = DropWriter(
            database: writer.database, crypto: writer.crypto, folders: writer.folders, workFolder: writer.workFolder,
            now: { now })
        _ = try await writer.run(world.partner)
        return try #require(try await world.files().first { !known.contains($0.id) })
    }

    private func expiry(_ world: DropCity, at now: Timestamp, _ stop: Stop? = nil) -> DropExpiry {
        let expiry = world.drop.expiry
        return DropExpiry(
            database: expiry.database, folders: expiry.folders, now: { now }, pause: { try stop?.pause() })
    }

    @Test(arguments: TestDatabase.allCases)
    func `what is fetched is noted, and what is not goes after the days agreed on`(
        on database: TestDatabase
    ) async throws {
        try await DropCity.run(database, [("kept_days", "7")]) { (world: DropCity) async throws in
            let now = Timestamp.now, fetched = try await write(world, at: now.adding(days: -9))
            #expect(fetched.stateTitle == "已发出")
            for end in ["", DropName.sum, DropName.marker] {
                try FileManager.default.removeItem(
                    atPath: world.path(fetched.name + end).replacing("/in/", with: "/out/"))
            }
            let old = try await write(world, at: now.adding(days: -8)), young = try await write(world, at: now)
            // A partner that is paused leaves nothing with it either.
            let partner = world.partner.id
            try await world.database.write { try PartnerStore($0).setOn(false, partner) }
            try await world.drop.run()
            let files = try await world.files()
            #expect(files.map(\.stateTitle) == ["已取走", "已过期", "已发出"], "\(files)")
            let names = try world.names(.outward)
            #expect(names.count == 3 && names.allSatisfy { $0.hasPrefix(young.name) }, "\(names)")
            let told: String? = try await world.database.read {
                try $0.value("SELECT detail FROM platform_audit_entry WHERE action = 'exchange.file_expired'")
            }
            #expect(told?.contains(old.name) == true && told?.contains("7 天") == true)
            let bureau = try await world.city.client(.bureau)
            #expect(try await bureau.get(DropPages.path(old.id)).text.contains("超过保存天数无人取走"))
            #expect(try await bureau.get(PartnerPages.path(partner)).text.contains("已取走"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `every step of deleting may be the last`(on database: TestDatabase) async throws {
        try await DropCity.run(database) { (world: DropCity) async throws in
            let now = Timestamp.now
            var step = 0, isDone = false
            while !isDone {
                let file = try await write(world, at: now.adding(days: -40).adding(seconds: Int64(step) * 5))
                let stop = Stop(at: step)
                do { try await expiry(world, at: now, stop).run(world.partner) } catch is Stopped {}
                for _ in 0..<2 { try await expiry(world, at: now).run(world.partner) }
                #expect(try world.names(.outward).isEmpty, "step \(step)")
                #expect(try await world.files().first { $0.id == file.id }?.stateTitle == "已过期", "step \(step)")
                isDone = !stop.reached
                step += 1
            }
            #expect(step > 2)
            #expect(try await world.count("platform_audit_entry WHERE action = 'exchange.file_expired'") == step)
        }
    }

    @Test func `days are from one to a year`() async throws {
        try await DropCity.run(.sqlite) { (world: DropCity) async throws in
            let bureau = try await world.city.client(.bureau), path = PartnerPages.path(world.partner.id) + "/settings"
            let form = [("name", "宿舍系统"), ("code", "dorm"), ("owners", "roll"), ("reason", "40")]
            for days in ["0", "366", "x", "-3"] {
                let answer = try await bureau.post(path, from: path, form + [("kept_days", days)])
                #expect(answer.status == 422 && answer.text.contains("1 到 365"), "\(days)")
            }
            let revision = ("revision", try #require(try await bureau.get(path).hidden("revision")))
            #expect(try await bureau.post(path, from: path, form + [("kept_days", "90"), revision]).status == 303)
            #expect(try await bureau.get(path).text.contains("value=\"90\""))
        }
    }

    @Test func `folders and work files are closed to others whatever the mask`() async throws {
        try await DropCity.run(.sqlite) { (world: DropCity) async throws in
            let configuration = world.city.platform.configuration
            func mode(_ path: String) throws -> Int {
                try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
            }
            let root = configuration.exchangeFolder
            #expect(try mode(root) == 0o750 && mode(root + "/dorm") == 0o750)
            #expect(try mode(root + "/dorm/in") == 0o770 && mode(root + "/dorm/out") == 0o770)
            #expect(try mode(configuration.dataFolder + "/uploads") == 0o700)
            for format in [SheetWriter.Format.csv, .xlsx] {
                let path = world.city.folder + "/work." + "\(format)"
                let writer = try SheetWriter(path: path, format: format)
                try writer.addSheet("一")
                try writer.header(["姓名"])
                try writer.finish()
                #expect(try mode(path) == 0o600, "\(format)")
                try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
                let again = try SheetWriter(path: path, format: format)
                try again.addSheet("一")
                try again.finish()
                #expect(try mode(path) == 0o600, "\(format)")
            }
        }
    }
}
