// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

/// A library of Debian's that Swift reaches through a module map.
func system(_ name: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", providers: [.apt([apt])])
}

/// A base target: small, settled, imported by many.
func base(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

let shared: [Target.Dependency] = ["Kernel", "Contracts", "Database", "Platform", "Web"]

/// A feature context. It sees the base targets and `Directory`, never another context.
func context(_ name: String, resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: shared + ["Directory"], resources: resources, swiftSettings: settings)
}

func tests(for name: String, _ more: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name), "TestKit"] + more, resources: resources,
        swiftSettings: settings)
}

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "santong",
    products: [.executable(name: "santong", targets: ["Server"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        system("CSQLite", apt: "libsqlite3-dev"),
        system("CPostgres", apt: "libpq-dev"),
        system("CArgon2", apt: "libargon2-dev"),
        system("CZip", apt: "libzip-dev"),
        system("CExpat", apt: "libexpat1-dev"),
        system("CXlsxWriter", apt: "libxlsxwriter-dev"),
        system("CCrypto", apt: "libssl-dev"),
        system("CZlib", apt: "zlib1g-dev"),
        system("CQREncode", apt: "libqrencode-dev"),
        system("CCurl", apt: "libcurl4-openssl-dev"),
        system("CJemalloc", apt: "libjemalloc-dev"),

        base("Kernel"),
        base("Contracts", ["Kernel"]),
        base("Database", ["Kernel", "CSQLite", "CPostgres", logging]),
        base("Platform", ["Kernel", "Database", "CZip", "CExpat", "CXlsxWriter", "CCrypto", "CCurl", logging]),
        base(
            "Web",
            [
                "Kernel", "CZlib", "CQREncode", hummingbird, logging,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
        base("Media", ["Kernel", "Database", "Platform", "Web", logging]),
        .target(
            name: "Directory", dependencies: shared,
            resources: [.copy("CodeLists/Data"), .copy("PersonFacts/Data/person-fields.csv")], swiftSettings: settings),
        .target(
            name: "Identity", dependencies: shared + ["Directory", "CArgon2"],
            resources: [.copy("Passwords/Data"), .copy("Roles/roles.json")],
            swiftSettings: settings),
        .target(
            name: "Federation", dependencies: shared + ["Directory", "Identity"],
            resources: [.copy("NationalGateway/Flavours")], swiftSettings: settings),
        context("Connectivity"),
        context("Plan", resources: [.copy("Targets/Data")]),
        context("SchoolAffairs", resources: [.copy("WorkCalendar/Data")]),
        context("Rosters", resources: [.copy("Templates/Data/export-templates.json")]),
        context("Exchange"),
        context("Privacy", resources: [.copy("Retention/Data")]),
        .target(
            name: "Resources", dependencies: shared + ["Directory", "Media"], resources: [.copy("Lists/Data")],
            swiftSettings: settings),

        .target(
            name: "App",
            dependencies: shared + [
                "Media", "Directory", "Identity", "Federation", "Connectivity", "Plan", "Rosters", "SchoolAffairs",
                "Exchange", "Privacy", "Resources", hummingbird, logging,
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: settings),
        .target(
            name: "Demo",
            dependencies: shared + [
                "Directory", "Identity", "Federation", "Connectivity", "Plan", "Rosters", "SchoolAffairs", "Exchange",
                "Privacy", "Resources", "App", hummingbird, logging,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            resources: [.copy("Data")], swiftSettings: settings),
        .executableTarget(
            name: "Server",
            dependencies: [
                "App", "Demo", "CJemalloc", logging, .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),

        .executableTarget(
            name: "measure",
            dependencies: [
                "App", "CArgon2", "CJemalloc", "Database", "Directory", "Exchange", "Federation", "Identity", "Kernel",
                "Media", "Platform", "Resources", "Rosters", "SchoolAffairs", "Web",
            ], path: "Benchmarks/Measure", swiftSettings: settings),
        .executableTarget(
            name: "floor", dependencies: ["CSQLite", hummingbird], path: "Benchmarks/Floor", swiftSettings: settings),

        .target(
            name: "TestKit",
            dependencies: shared + [
                "Directory", "Identity", "App", "Demo", hummingbird,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ], path: "Tests/TestKit", swiftSettings: settings),
        tests(for: "Kernel"),
        tests(for: "Database", ["Kernel", "App"]),
        tests(for: "Platform", ["Kernel", "Database"]),
        tests(
            for: "Web",
            [
                "Kernel", .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
        tests(for: "Media", shared + ["Directory", "Identity", "App"]),
        tests(for: "Directory", shared),
        tests(for: "Identity", shared + ["Directory"]),
        tests(for: "Federation", shared + ["Directory", "Identity", "App", "Demo"]),
        tests(for: "Connectivity", shared + ["Directory"], resources: [.copy("Fixtures")]),
        tests(for: "Plan", shared + ["Directory", "Connectivity"], resources: [.copy("Fixtures")]),
        tests(for: "Rosters", shared + ["Directory"], resources: [.copy("Fixtures")]),
        tests(for: "SchoolAffairs", shared + ["Directory"]),
        tests(for: "Exchange", shared + ["Directory"]),
        tests(for: "Privacy", shared + ["Directory"]),
        tests(for: "Resources", shared + ["Directory", "Identity", "Media"], resources: [.copy("Fixtures")]),
        tests(
            for: "App",
            [
                "Connectivity", "Contracts", "Exchange", "Plan", "Privacy", "Resources", "Rosters", "SchoolAffairs",
                "Server",
                "Demo", "Directory", "Identity", "Federation",
                "Database",
                "Kernel", "Platform", "Web",
            ]),
    ]
)
