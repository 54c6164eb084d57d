import Foundation
import Kernel
import Platform

/// Files in a bucket of an S3-compatible store. Only what all such stores have in common is used: path style, signature 4,
/// whole and partial reads, listing version 2, and uploads in parts.
package struct S3Storage: BlobStorage {
    private let bucket: S3Bucket
    private let outbound: any OutboundHTTP
    private let cache: BlobCache
    private let now: @Sendable () -> Timestamp
    private let pause: Duration

    /// Bytes of one part, and of the largest file that is sent whole. A store takes 10,000 parts: 156 GB.
    static let part = 16 << 20
    /// Times that a request is sent while the store does not answer or says that it cannot now.
    private static let tries = 4

    /// - Parameters:
    ///   - cacheFolder: where files lie that are served or worked on.
    ///   - pause: before the second try; doubled for each further one.
    package init(
        _ bucket: S3Bucket, outbound: any OutboundHTTP, cacheFolder: String, cacheBytes: Int = 20 << 30,
        pause: Duration = .milliseconds(500), now: @escaping @Sendable () -> Timestamp = { .now }
    ) throws {
        (self.bucket, self.outbound, self.now, self.pause) = (bucket, outbound, now, pause)
        cache = try BlobCache(folder: cacheFolder, limit: cacheBytes)
    }

    package var isLocal: Bool { false }

    package func put(fileAt path: String, sha256: String, size: Int) async throws {
        // What is there already may be damaged: it is written anew.
        guard let file = FileHandle(forReadingAtPath: path) else { throw DomainError.notFound }
        defer { try? file.close() }  // only read
        let key = bucket.key(of: sha256)
        guard size > S3Storage.part else {
            let body = Array(try file.readToEnd() ?? Data())
            _ = try await send(.put, key, body: body, expecting: [200, 201])
            return
        }
        let begun = try await send(.post, key, query: [("uploads", "")], expecting: [200])
        guard let upload = S3Answer.text("UploadId", in: begun.text) else { throw S3Storage.away }
        do { try await putParts(of: file, key, upload) } catch {
            // The error is the one to tell; parts that stay are the store's own to clear.
            _ = try? await send(.delete, key, query: [("uploadId", upload)], expecting: [204, 404])
            throw error
        }
        guard try await self.size(of: sha256) == size else { throw S3Storage.away }
    }

    private func putParts(of file: FileHandle, _ key: String, _ upload: String) async throws {
        var tags: [String] = []
        while let piece = try file.read(upToCount: S3Storage.part), !piece.isEmpty {
            let answer = try await send(
                .put, key, query: [("partNumber", String(tags.count + 1)), ("uploadId", upload)], body: Array(piece),
                expecting: [200])
            guard let tag = answer.header("etag") else { throw S3Storage.away }
            tags.append(tag)
        }
        let list = tags.enumerated().map { "<Part><PartNumber>\($0 + 1)</PartNumber><ETag>\($1)</ETag></Part>" }
            .joined()
        let end = try await send(
            .post, key, query: [("uploadId", upload)],
            body: Array("<CompleteMultipartUpload>\(list)</CompleteMultipartUpload>".utf8), expecting: [200])
        // A store may begin its answer with 200 and fail afterwards.
        if end.text.contains("<Error>") { throw S3Storage.away }
    }

    package func read(_ sha256: String, _ range: Range<Int>) async throws -> [UInt8] {
        guard !range.isEmpty else { return [] }
        let answer = try await send(
            .get, bucket.key(of: sha256), headers: [("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")],
            byteLimit: range.count, expecting: [200, 206, 404, 416])
        guard answer.status < 300 else { throw DomainError.notFound }
        guard answer.body.count == range.count else { throw S3Storage.away }
        return answer.body
    }

    package func size(of sha256: String) async throws -> Int? {
        let answer = try await send(.head, bucket.key(of: sha256), expecting: [200, 404])
        return answer.status == 200 ? answer.header("content-length").flatMap { Int($0) } : nil
    }

    package func remove(_ sha256: String) async throws {
        cache.remove(sha256)
        _ = try await send(.delete, bucket.key(of: sha256), expecting: [200, 204, 404])
    }

    /// Whoever puts a content into a bucket names it first, and whoever sweeps says so first: no look at the time is needed.
    package func remove(_ sha256: String, storedBefore moment: Timestamp) async throws -> Bool {
        try await remove(sha256)
        return true
    }

    package func recover() async throws {}

    package func list(after: String?) async throws -> BlobPage {
        var query = [("list-type", "2"), ("max-keys", "1000"), ("prefix", bucket.prefix)]
        if let after { query.append(("continuation-token", after)) }
        let xml = try await send(.get, "", query: query, byteLimit: 4 << 20, expecting: [200]).text
        let isMore = S3Answer.text("IsTruncated", in: xml) == "true"
        return BlobPage(
            blobs: S3Answer.blobs(in: xml), next: isMore ? S3Answer.text("NextContinuationToken", in: xml) : nil)
    }

    package func localPath(of sha256: String) async throws -> String {
        if let path = cache.path(of: sha256) { return path }
        return try await cache.add(sha256) { write in try await forEachPiece(of: sha256, write) }
    }

    /// Files of the cache that have not been wanted for longest go when it is too large.
    func trimCache() throws { try cache.trim() }

    private static let away = DomainError.unavailable("文件存储暂时不可用，请稍后再试。")

    private func send(
        _ method: OutboundRequest.Method, _ key: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = [], byteLimit: Int = 1 << 20,
        expecting: Set<Int>
    ) async throws -> OutboundResponse {
        for attempt in 1...S3Storage.tries {
            let request = bucket.request(
                method, key: key, query: query, headers: headers, body: body, byteLimit: byteLimit, now: now())
            do {
                let answer = try await outbound.send(request)
                if expecting.contains(answer.status) { return answer }
                guard answer.status >= 500 || answer.status == 429 else { throw S3Storage.away }
            } catch let error as OutboundError where error == .unreachable || error == .timeout {
                if attempt == S3Storage.tries { throw S3Storage.away }
            } catch is OutboundError { throw S3Storage.away }
            try await Task.sleep(for: pause * (1 << (attempt - 1)))
        }
        throw S3Storage.away
    }
}
