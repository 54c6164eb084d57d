import Database
import Directory
import Kernel
import Platform
import Web

/// On a pupil's page: what is under way for her, and the way to apply for more.
struct StudentChangePanel: PupilPanelSource {
    let crypto: any CryptoProvider
    let order = 10

    func panels(for pupil: PupilSubject, viewer: CurrentUser, _ db: Connection) throws -> [PupilPanel] {
        guard viewer.may(.changeApply, at: pupil.classGroup.path) else { return [] }
        let changes = try StudentChangeStore(db, crypto).all(of: pupil.person, at: pupil.classGroup.school)
        let transfers = try TransferStore(db, crypto).open(of: pupil.person).filter { $0.isOpenTo(viewer) }
        let alarm = try DropoutAlarmStore(db, crypto).open(of: pupil.person)
        let table = StudentChangePages.table(pupil.day, empty: "")
        let rows = table.html(CasePages.whole(changes), path: "", query: FormValues())
        let address = StudentChangePages.formPath(pupil.person, in: pupil.classGroup.id)
        let content: HTML = """
            \(each: transfers, { transferLine($0) })
            \(alarm.map(alarmLine))
            \(if: !changes.isEmpty, rows)
            <div class="actions">\(UI.linkButton("办理异动", url: address))\
            \(UI.linkButton("关键信息变更", url: address + "?kind=" + StudentChangeKind.keyData.rawValue))</div>
            """
        return [PupilPanel(title: "学籍异动", id: "changes", content: content)]
    }

    private func transferLine(_ transfer: Transfer) -> HTML {
        #"<p><a href="\#(url: TransferPages.path(transfer.id))">转学，\#(transfer.state.title)</a></p>"#
    }

    private func alarmLine(_ alarm: DropoutAlarm) -> HTML {
        #"<p><a href="\#(url: DropoutPages.path(alarm.id))">控辍保学提醒，\#(alarm.raisedOn.iso)</a></p>"#
    }
}
