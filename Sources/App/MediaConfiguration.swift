import Configuration
import Media

extension AppConfiguration {
    /// Uploads and storage, with a complaint for each setting that makes no sense.
    static func media(_ reader: ConfigReader, _ problems: inout [String]) -> MediaSettings {
        var settings = MediaSettings(), faults: [String] = []
        func megabytes(_ key: ConfigKey, _ fallback: Int) -> Int {
            guard let text = reader.string(forKey: key) else { return fallback }
            guard let value = Int(text), (1...1_000_000).contains(value) else {
                faults.append("\(key) must be a number of megabytes from 1 to 1000000, not '\(text)'")
                return fallback
            }
            return value << 20
        }
        settings.fileBytes = megabytes("upload.mb", settings.fileBytes)
        settings.accountBytes = megabytes("upload.account.mb", settings.accountBytes)
        settings.scanBytes = megabytes("clamd.mb", settings.scanBytes)
        settings.reservedBytes = megabytes("upload.reserve.mb", settings.reservedBytes)
        func byRole(_ key: ConfigKey, _ example: String, _ bytes: inout [String: Int]) {
            guard let text = reader.string(forKey: key) else { return }
            for part in text.split(separator: ",") {
                let halves = part.split(separator: ":").map { $0.filter { $0 != " " } }
                if halves.count == 2, let value = Int(halves[1]), (1...1_000_000).contains(value) {
                    bytes[halves[0]] = value << 20
                } else {
                    faults.append("\(key) must be like '\(example)', not '\(text)'")
                }
            }
        }
        byRole("upload.role.mb", "student:200,guardian:100", &settings.roleBytes)
        byRole("upload.account.role.mb", "student:2000,guardian:1000", &settings.roleAccountBytes)
        if let text = reader.string(forKey: "clamd") {
            settings.scanner = ScannerAddress(text)
            if settings.scanner == nil { faults.append("clamd must be unix:/path or tcp:host:port, not '\(text)'") }
        }
        settings.bucket = bucket(reader, &faults)
        problems += faults
        return settings
    }

    private static func bucket(_ reader: ConfigReader, _ faults: inout [String]) -> S3Bucket? {
        guard let endpoint = reader.string(forKey: "s3.endpoint") else { return nil }
        let bucket = S3Bucket(
            endpoint: endpoint, bucket: reader.string(forKey: "s3.bucket", default: ""),
            accessKey: reader.string(forKey: "s3.access.key", default: ""),
            secretKey: reader.string(forKey: "s3.secret.key", default: ""),
            region: reader.string(forKey: "s3.region", default: "us-east-1"),
            prefix: reader.string(forKey: "s3.prefix", default: ""))
        if bucket == nil {
            faults.append("s3.endpoint, s3.bucket, s3.access.key, s3.secret.key or s3.prefix is missing or malformed")
        }
        return bucket
    }
}
