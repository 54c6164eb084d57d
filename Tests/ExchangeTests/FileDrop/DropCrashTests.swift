import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

/// A stop of the server between any two steps loses nothing and takes nothing twice.
@Suite("文件交换的中断") struct DropCrashTests {
    private func attempt(_ body: () async throws -> Int) async throws {
        do { _ = try await body() } catch is Stopped {}
    }

    @Test(arguments: TestDatabase.allCases)
    func `every step of taking a file in may be the last`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            var step = 0, isDone = false
            while !isDone {
                let before = try await world.pupils(), moment = "202609010000" + String(100 + step).dropFirst()
                // One new pupil in each file, so that each is taken exactly once.
                let text = "姓名,班级,出生日期\n韦小\(moment),三(1)班,2017-08-10\n"
                try world.put(text, as: world.name(moment))
                let stop = Stop(at: step)
                var reader = world.drop.reader
                reader.pause = { try stop.pause() }
                try await attempt { try await reader.run(world.partner) }
                for _ in 0..<2 { _ = try await world.drop.reader.run(world.partner) }
                #expect(try await world.pupils() == before + 1, "step \(step)")
                let file = try #require(try await world.files().last)
                #expect(file.state == .accepted && file.name == world.name(moment), "step \(step)")
                #expect(try world.names().allSatisfy { $0.hasSuffix(DropName.receipt) }, "step \(step)")
                isDone = !stop.reached
                step += 1
            }
            #expect(step > 5)
            let (files, batches) = (
                try await world.count("exchange_drop_file"), try await world.count("rosters_import")
            )
            #expect(files == step && batches == step)
            #expect(try await world.count("exchange_run") == step)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `every step of writing a file may be the last`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("sensitive", "1")]) { (world: DropCity) async throws in
            let crypto = world.city.platform.crypto, school = world.school, partner = world.partner.id
            let group = try await world.database.write { db in
                try ClassGroupService(db, by: .system).open(
                    ClassDraft(
                        stage: .primary, entryYear: SchoolYear(containing: Timestamp.now.day).start, number: 1,
                        openedOn: SchoolYear(containing: Timestamp.now.day).firstDay), at: school)
            }
            var step = 0, isDone = false, told: Set<String> = []
            while !isDone {
                let name = "韦小\(step)"
                try await world.database.write { db in
                    let new = NewPupil(name: name, identifiers: [], guardianPhone: nil)
                    _ = try EnrolmentService(db, crypto, by: .system).add(new, to: group, from: group.openedOn)
                    try PartnerStore(db).order(.students, isFull: false, for: partner, now: .now)
                }
                let stop = Stop(at: step)
                var writer = world.drop.writer
                // Names have whole seconds.
                let now = Timestamp.now.adding(seconds: Int64(step) * 10)
                writer = DropWriter(
                    database: writer.database, crypto: crypto, folders: writer.folders, workFolder: writer.workFolder,
                    now: { now }, pause: { try stop.pause() })
                try await attempt { try await writer.run(world.partner) }
                // Nothing stands in the folder that is not on the record of looks.
                let present = try world.names(.outward).filter { $0.hasSuffix(".csv") }.count
                let looks = try await world.count("directory_look")
                #expect(present <= looks, "step \(step)")
                writer.pause = {}
                for _ in 0..<2 { _ = try await writer.run(world.partner) }
                let names = try world.names(.outward)
                let files = names.filter { $0.hasSuffix(".csv") }
                #expect(
                    names.count == files.count * 3 && !names.contains { $0.hasPrefix(".tmp-") }, "\(step): \(names)")
                for file in files where !told.contains(file) {
                    told.insert(file)
                    let text = world.read(file, .outward) ?? ""
                    #expect(text.contains(name), "step \(step)")
                    let sum = world.read(file + DropName.sum, .outward) ?? ""
                    #expect(sum.hasPrefix(Hex.encode(SM3.hash(text))), "step \(step)")
                }
                #expect(told.count == step + 1)
                isDone = !stop.reached
                step += 1
            }
            #expect(step > 3)
            #expect(try await world.files().allSatisfy { $0.state == .sent })
            // Each file stands once on the record of looks.
            #expect(try await world.count("directory_look") == step)
        }
    }
}
