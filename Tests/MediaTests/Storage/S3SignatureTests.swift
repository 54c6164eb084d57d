import Kernel
import Platform
import Testing

@testable import Media

@Suite("S3：签名") struct S3SignatureTests {
    /// The examples of "Signature Calculations for the Authorization Header" in the API reference of Amazon S3.
    private let signature = S3Signature(
        accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", region: "us-east-1")
    private let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func `a partial read is signed as the reference signs it`() {
        let subject = S3Signature.Subject(
            method: "GET", path: "/test.txt",
            headers: [
                ("range", "bytes=0-9"), ("x-amz-content-sha256", empty), ("x-amz-date", "20130524T000000Z"),
                ("host", "examplebucket.s3.amazonaws.com"),
            ], bodyHash: empty)
        let header = signature.authorization(subject, stamp: "20130524T000000Z")
        #expect(header.hasSuffix("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"))
        #expect(header.contains("SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"))
    }

    @Test func `a list is signed as the reference signs it`() {
        let subject = S3Signature.Subject(
            method: "GET", path: "/", query: [("prefix", "J"), ("max-keys", "2")],
            headers: [
                ("x-amz-content-sha256", empty), ("x-amz-date", "20130524T000000Z"),
                ("host", "examplebucket.s3.amazonaws.com"),
            ], bodyHash: empty)
        let header = signature.authorization(subject, stamp: "20130524T000000Z")
        #expect(header.hasSuffix("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))
    }

    @Test func `the stamp is the moment in UTC`() {
        #expect(S3Signature.stamp(Timestamp(milliseconds: 1_451_462_400_123)) == "20151230T080000Z")
    }

    @Test(arguments: [
        ("ftp://s3.example", "files"), ("http://s3.example/path", "files"), ("http://s3.example", "a"),
        ("http://s3.example", "Files"), ("http://u@s3.example", "files"),
    ])
    func `what is no bucket is refused`(_ endpoint: String, _ bucket: String) {
        #expect(S3Bucket(endpoint: endpoint, bucket: bucket, accessKey: "a", secretKey: "b") == nil)
    }

    @Test func `a bucket knows its host and keys`() throws {
        let bucket = try #require(
            S3Bucket(endpoint: "http://10.0.0.7:9000/", bucket: "santong", accessKey: "a", secretKey: "b", prefix: "x/")
        )
        #expect(bucket.host == "10.0.0.7:9000")
        #expect(bucket.key(of: "ab12") == "x/ab/ab12")
        let request = bucket.request(.get, key: "x/ab/ab12", byteLimit: 1, now: .now)
        #expect(request.url == "http://10.0.0.7:9000/santong/x/ab/ab12")
    }

    @Test func `a list of a store is read, other things left out`() {
        let name = String(repeating: "ab", count: 32)
        let xml = """
            <ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken>
            <Contents><Key>ab/\(name)</Key><LastModified>2015-12-30T08:00:00.000Z</LastModified><Size>12</Size></Contents>
            <Contents><Key>readme.txt</Key><LastModified>2015-12-30T08:00:00.000Z</LastModified><Size>3</Size></Contents>
            </ListBucketResult>
            """
        let moment = Timestamp(milliseconds: 1_451_462_400_000)
        #expect(S3Answer.blobs(in: xml) == [StoredBlob(sha256: name, size: 12, storedAt: moment)])
        #expect(S3Answer.text("NextContinuationToken", in: xml) == "a&b")
    }
}
