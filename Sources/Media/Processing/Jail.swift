import Foundation

/// What a program may use up.
struct ProgramLimits: Sendable {
    /// Seconds by the clock; sixteen times that of computing, for programs with many threads.
    var seconds = 120
    /// Bytes of one file that it writes.
    var fileBytes = 1 << 30
    /// Bytes of address space of one process.
    var memoryBytes = 4 << 30
}

/// Where programs run that open files of strangers: no network, the system to read only, one folder to write, nothing of
/// the server's, and limits on time, memory and files (bwrap(1), prlimit(1)).
struct Jail: Sendable {
    let programs: Programs
    /// The one folder that can be written; inside it is `inside`.
    let folder: String

    /// Where the programs find the folder.
    static let inside = "/bench"

    /// What lies in `/etc` and `/var` and is needed to draw text and to find libraries.
    private static let shown = [
        "/etc/fonts", "/etc/libreoffice", "/etc/ld.so.cache", "/etc/alternatives", "/var/cache/fontconfig",
        "/var/lib/libreoffice",
    ]

    /// - Parameter inputs: files by the name under which they stand in `/in`; no name of a person's making goes there.
    func arguments(
        _ program: Program, _ arguments: [String], inputs: [(name: String, path: String)], _ limits: ProgramLimits
    ) -> [String] {
        let usr = (programs.folder as NSString).deletingLastPathComponent
        var list = ["--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", usr, "/usr"]
        for name in ["bin", "sbin", "lib", "lib64"] { list += ["--symlink", "usr/\(name)", "/\(name)"] }
        for path in Jail.shown { list += ["--ro-bind-try", path, path] }
        list += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--bind", folder, Jail.inside]
        for input in inputs { list += ["--ro-bind", input.path, "/in/\(input.name)"] }
        list += ["--chdir", Jail.inside, "--clearenv"]
        let variables = [
            "PATH": "/usr/bin", "HOME": Jail.inside, "LANG": "C.UTF-8",
            "FONTCONFIG_FILE": "\(Jail.inside)/\(Jail.fontFile)",
        ]
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) { list += ["--setenv", name, value] }
        list += [
            "--", "/usr/bin/prlimit", "--as=\(limits.memoryBytes)", "--cpu=\(limits.seconds * 16)",
            "--fsize=\(limits.fileBytes)", "--core=0", "/usr/bin/nice", "-n", "10", "/usr/bin/\(program.rawValue)",
        ]
        return list + arguments
    }

    func run(
        _ program: Program, _ arguments: [String], inputs: [(name: String, path: String)], _ limits: ProgramLimits,
        onLine: (@Sendable (String) -> Void)? = nil
    ) async throws -> ProgramOutcome {
        try await ProgramRun.run(
            programs.path(.bwrap), self.arguments(program, arguments, inputs: inputs, limits), seconds: limits.seconds,
            onLine: onLine)
    }

    /// Readies the folder: fonts of Chinese office documents, by the names they go by there.
    func prepare() throws {
        try Data(Jail.fonts.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(Jail.fontFile)"))
    }

    private static let fontFile = "fonts.conf"

    private static let fonts: String = {
        let serif = ["宋体", "SimSun", "新宋体", "NSimSun", "仿宋", "FangSong", "仿宋_GB2312", "楷体", "KaiTi", "楷体_GB2312"]
        let sans = ["黑体", "SimHei", "微软雅黑", "Microsoft YaHei", "等线", "DengXian", "幼圆", "YouYuan"]
        func alias(_ family: String, _ other: String) -> String {
            "<alias binding=\"same\"><family>\(family)</family><accept><family>\(other)</family></accept></alias>\n"
        }
        let aliases =
            serif.map { alias($0, "Noto Serif CJK SC") } + sans.map { alias($0, "Noto Sans CJK SC") }
        return """
            <?xml version="1.0"?>
            <!DOCTYPE fontconfig SYSTEM "fonts.dtd">
            <fontconfig>
            <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
            \(aliases.joined())
            </fontconfig>
            """
    }()
}
