import Foundation
import Kernel
import Testing

@testable import App

/// Where the folders of exchange partners may lie.
@Suite("Drop root") struct DropRootTests {
    @Test("Outside the data folder, also by its links") func places() throws {
        let folder = NSTemporaryDirectory() + "santong-test-" + Identifiers.next(), manager = FileManager.default
        defer { try? manager.removeItem(atPath: folder) }
        let data = folder + "/data"
        try manager.createDirectory(atPath: data + "/files", withIntermediateDirectories: true)
        try manager.createDirectory(atPath: folder + "/drop", withIntermediateDirectories: true)
        try manager.createSymbolicLink(atPath: folder + "/link", withDestinationPath: data + "/files")
        try manager.createSymbolicLink(atPath: folder + "/data-link", withDestinationPath: data)
        for good in [folder + "/drop", folder + "/none/yet", data + "/exchange", folder + "/data-2", data + "/../drop"]
        {
            #expect(DropRoot.problem(good, data: data) == nil, "\(good)")
        }
        for bad in [
            data, folder, "/", data + "/files", data + "/files/none/yet", folder + "/link", folder + "/link/none",
            folder + "/data-link", folder + "/data-link/uploads", folder + "/drop/../data/uploads",
        ] { #expect(DropRoot.problem(bad, data: data) != nil, "\(bad)") }
        #expect(DropRoot.isWithinData(data + "/exchange", data: data))
        #expect(!DropRoot.isWithinData(folder + "/drop", data: data))
        // The usual place may be a link, but not into what is the platform's own.
        try manager.createSymbolicLink(atPath: data + "/exchange", withDestinationPath: data + "/files")
        #expect(DropRoot.problem(data + "/exchange", data: data) != nil)
    }
}
