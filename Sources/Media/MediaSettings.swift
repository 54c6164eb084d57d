import Platform

/// What the operator says about uploads and about where files are kept.
package struct MediaSettings: Sendable {
    /// Bytes of one file, for roles without a limit of their own.
    package var fileBytes = 4 << 30
    /// Bytes of one file by role; somebody with several roles has the largest of their limits.
    package var roleBytes = ["student": 200 << 20, "guardian": 200 << 20]
    /// Bytes of one account's uploads together that no record has taken up yet.
    package var accountBytes = 20 << 30
    /// The same by role; somebody with several roles has the largest.
    package var roleAccountBytes = ["student": 2 << 30, "guardian": 2 << 30]
    /// Uploads of one account that are not finished.
    package var openUploads = 200
    /// Bytes of the disk that uploads leave free.
    package var reservedBytes = 512 << 20
    /// Where the virus scanner listens; without one files are not scanned.
    package var scanner: ScannerAddress?
    /// Bytes of a file that the scanner takes: clamd's `StreamMaxLength`.
    package var scanBytes = 100 << 20
    /// Where the programs lie that make files fit for the browser.
    package var programFolder = "/usr/bin"
    /// Where files are kept when not in the data folder.
    package var bucket: S3Bucket?

    package init() {}
}
