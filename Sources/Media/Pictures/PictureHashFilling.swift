import Database
import Foundation
import Kernel
import Platform

/// Told when the pictures of a content that had been processed long ago were hashed.
package struct MediaPicturesHashed: DomainEvent {
    package static let kind = "media.pictures_hashed"
    /// Hexadecimal SHA-256 of the content.
    package let sha256: String
}

/// Hashes the pictures of what was processed before there were hashes, a slice a turn, so that new films need not wait.
extension ProcessingRun {
    static let hashKind = "media.hashes"
    private static let contentsATurn = 50

    var hashHandler: JobHandler {
        JobHandler(ProcessingRun.hashKind) { try await fillHashes($0) }
    }

    /// Sees that the work has its turn while there is any.
    func scheduleHashes() async throws {
        let now = now()
        try await database.write { db in
            guard try PictureHashStore(db).nextUnhashed() != nil else { return }
            _ = try JobStore(db).addUnlessOpen(
                kind: ProcessingRun.hashKind, title: "补做页面和画面的指纹", due: now, besides: nil)
        }
    }

    func fillHashes(_ context: JobContext) async throws -> String {
        var count = 0
        while let entry = try await database.read({ try PictureHashStore($0).nextUnhashed() }) {
            guard count < ProcessingRun.contentsATurn else {
                let now = now(), id = context.job.id
                try await database.write { db in
                    _ = try JobStore(db).addUnlessOpen(
                        kind: ProcessingRun.hashKind, title: "补做页面和画面的指纹", due: now, besides: id)
                }
                break
            }
            let missing = programs.missing(for: entry.kind, ending: "pdf")
            guard missing.isEmpty else { return "未安装 " + missing.joined(separator: "、") }
            try await context.report(count, of: 0, "已补做 \(count) 个")
            let found: PictureHashes?
            do { found = try await hashes(of: entry) } catch let fault as Workbench.JailFault {
                logger.error("no jail for hashing", metadata: ["error": "\(fault.complaint)"])
                return "本机不能使用 bubblewrap"
            } catch  where !isOfMachine(error) {
                // Asked for again it would go the same way and hold up all that come after it.
                logger.warning("not hashed", metadata: ["content": "\(entry.sha256)", "error": "\(error)"])
                found = nil
            }
            let now = now()
            try await database.write { db in
                let store = PictureHashStore(db)
                if let found { try store.set(found, of: entry.sha256, now: now) }
                try store.noteHashed(entry.sha256)
                if found != nil { try Outbox.post(MediaPicturesHashed(sha256: entry.sha256), now: now, on: db) }
            }
            count += 1
        }
        return "已补做 \(count) 个"
    }

    /// Whether another content would fail in the same way now.
    private func isOfMachine(_ error: any Error) -> Bool {
        if case DomainError.unavailable = error { return true }
        return error is CancellationError || error is Workbench.JailFault
    }

    private func hashes(of entry: ProcessingStore.Entry) async throws -> PictureHashes? {
        let view = try await database.read { try ProcessingStore($0).views(of: [entry.sha256])[entry.sha256] }
        return try await withBench(for: entry, StepProgress()) { bench in
            switch entry.kind {
            case .document: return try await DocumentProcessor.hash(bench)
            case .video:
                guard let seconds = view?.facts.seconds, let top = view?.widest else { return nil }
                return try await VideoProcessor.hash(top.name, seconds: seconds, bench)
            case .audio, .image, .subtitle, .text: return nil
            }
        }
    }
}

extension ProcessingStep {
    /// What can be looked at is not kept back because its pictures cannot be compared.
    static func hashing(_ make: @escaping @Sendable (Workbench) async throws -> PictureHashes) -> ProcessingStep {
        ProcessingStep("hashes") { bench in
            do {
                return StepResult(hashes: try await make(bench))
            } catch is ProcessingRefusal {
                return StepResult()
            } catch is CocoaError {
                return StepResult()
            }
        }
    }
}
