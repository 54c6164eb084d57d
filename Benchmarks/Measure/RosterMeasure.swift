import App
import Database
import Directory
import Foundation
import Kernel
import Platform
import Rosters

/// What it costs to bring a city's pupils in: a workbook in the layout of the national export, through all columns.
enum RosterMeasure {
    static func run(rows: Int) async throws {
        try await Measure.withFreshPlatform { platform in
            let schools = try await addSchools(platform.database, count: max(1, rows / 1000))
            let folder = try Measure.temporaryFolder()
            // A left-over in the temporary folder harms nobody.
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let path = folder + "/pupils.xlsx"
            try write(rows: rows, schools, to: path)
            print("\(rows) rows, \(header.count) columns, \(try size(path) / 1_000_000) MB")
            print("memory so far \(Int(Measure.peakMemory)) MB")
            let imports = platform.rosters.imports
            func compare() async throws -> RosterOutcome {
                try await imports.run(
                    path: path, fileName: "pupils.xlsx", roster: .pupils, by: .system, scope: .everything,
                    accept: false)
            }
            let first = try await Measure.timed("workbook to change set", compare)
            print("new \(first.new), refused \(first.refused), doubtful \(first.doubtful)")
            try await Measure.timed("accepted, one transaction, synchronous=FULL") {
                try await imports.accept(batch: first.batch, by: .system)
            }
            print("peak memory \(Int(Measure.peakMemory)) MB")
            let again = try await Measure.timed("the same file again", compare)
            print("new \(again.new), changed \(again.changed), unchanged \(again.unchanged), refused \(again.refused)")
            print("peak memory \(Int(Measure.peakMemory)) MB")
        }
    }

    private static func size(_ path: String) throws -> Int {
        (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    private static func addSchools(_ database: Database, count: Int) async throws -> [Organisation] {
        try await database.write { db in
            let towns = try OrganisationStore(db).all(within: .everything, kinds: [.town])
            let service = OrganisationService(db, by: .system, source: "measure")
            let profile = SchoolProfile(schoolType: "211", urbanRural: "121", isCentral: false)
            return try (0..<count).map { number in
                try service.add(
                    .init(kind: .school, code: "2145\(980_000 + number)", name: "第\(number + 1)小学", profile: profile),
                    below: towns[number % towns.count])
            }
        }
    }

    private static let header = [
        "学校标识码", "学校名称", "姓名", "性别", "出生日期", "出生地", "籍贯", "民族", "国籍/地区", "身份证件类型", "身份证件号", "港澳台侨外",
        "政治面貌", "健康状况", "姓名拼音", "曾用名", "身份证件有效期", "户口所在地", "户口性质", "特长", "学籍辅号", "班内学号", "学籍号", "年级",
        "班级", "入学年月", "入学方式", "就读方式", "学生来源", "现住址", "通信地址", "家庭地址", "联系电话", "邮政编码", "是否独生子女",
        "是否受过学前教育", "是否留守儿童", "是否进城务工人员随迁子女", "是否孤儿", "是否烈士或优抚子女", "是否由政府购买学位", "是否需要申请资助",
        "是否享受一补", "上下学距离", "上下学方式", "是否需要乘坐校车", "成员1姓名", "成员1关系", "成员1联系电话", "成员1身份证件号", "成员2姓名",
        "成员2关系", "成员2联系电话", "成员2身份证件号",
    ]

    private static func write(rows: Int, _ schools: [Organisation], to path: String) throws {
        let writer = try SheetWriter(path: path, format: .xlsx)
        try writer.addSheet("学生基础信息")
        try writer.header(header)
        let year = SchoolYear(containing: Timestamp.now.day).start
        for number in 0..<rows { try writer.row(row(number, schools, year)) }
        try writer.finish()
    }

    private static let families = ["韦", "黄", "陆", "覃", "农", "盘", "阮", "苏", "梁", "李", "刘", "钟"]
    private static let given = ["小明", "春桃", "志强", "秀英", "建国", "丽华", "文明", "海燕", "晓东", "子涵", "一鸣", "雨欣"]
    private static let grades = ["一", "二", "三", "四", "五", "六"]

    private static func row(_ number: Int, _ schools: [Organisation], _ year: Int) -> [SheetValue] {
        let school = schools[number / 1000 % schools.count], place = number % 1000
        let grade = place / 167, classNumber = place % 167 / 42 + 1
        let born = LocalDate(year: year - 7 - grade, month: 10, day: 1)!.adding(days: number % 300)
        let citizen = citizen("450699", born, number / 300 % 1000)
        let name = families[number % 12] + given[number / 12 % 12] + (number % 5 == 0 ? "子" : "")
        let address = "\(school.name)旁\(number / 40)街\(number % 40)号"
        let flag = { (step: Int) in number % step == 0 ? "是" : "否" }
        var cells = [
            school.code ?? "", school.name, name, sex(citizen), born.iso.filter { $0 != "-" }, "450603102000", "广西防城港",
            number % 3 == 0 ? "壮族" : "汉族", "中国", "居民身份证", citizen, "否", "群众", "健康或良好", "", "", "20300101",
            "450603102000", "农业户口", number % 7 == 0 ? "书法" : "", "F\(number)", String(number % 42 + 1), "G" + citizen,
            grades[grade] + "年级", "(\(classNumber))班", "\(year - grade)09", "就近入学", number % 4 == 0 ? "住校" : "走读",
            "正常入学", address, address, address, "1990\(1_000_000 + number)", "538000", flag(5), "是",
            number % 6 == 0 ? "双亲留守" : "非留守儿童", flag(6), flag(50), flag(70), flag(9), flag(8), flag(7),
            "\(number % 9)公里", "步行", "否",
        ]
        for parent in 0..<2 {
            let adult = LocalDate(year: year - 36, month: 3, day: 1)!.adding(days: number % 900)
            cells += [
                families[(number + parent) % 12] + given[(number / 7 + parent) % 12] + (parent == 0 ? "父" : "母"),
                parent == 0 ? "父亲" : "母亲", "1\(parent == 0 ? 39 : 38)\(10_000_000 + number)",
                self.citizen(parent == 0 ? "450602" : "450603", adult, number / 900 * 2 + 1 - parent),
            ]
        }
        return cells.map { .text($0) }
    }

    private static func sex(_ citizen: String) -> String {
        Array(citizen.utf8)[16] % 2 == 1 ? "男" : "女"
    }

    private static func citizen(_ area: String, _ born: LocalDate, _ sequence: Int) -> String {
        let body = area + born.iso.filter { $0 != "-" } + String(1000 + sequence % 1000).dropFirst()
        return body + String(decoding: [CitizenNumber.checkDigit(of: body.utf8)], as: UTF8.self)
    }
}
