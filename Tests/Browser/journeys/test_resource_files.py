"""A teacher sends slides, a text and a film for a lesson over a slow line; they are made fit for the browser, and she looks
at them on her phone."""
import re
import subprocess
import zipfile

from playwright.sync_api import expect
from steps import heading, status

TITLE = "《灯塔下的路》录像和课件"
OFFICE = "http://schemas.openxmlformats.org"


def film(folder):
    """Six seconds of ffmpeg's test picture, in another codec than browsers play, with sound."""
    path = folder / "课堂实录 第一节😀.avi"
    arguments = [
        "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=6", "-f", "lavfi", "-i", "sine=d=6",
        "-c:v", "mpeg4", "-b:v", "600k", "-c:a", "libmp3lame", str(path),
    ]
    subprocess.run(arguments, check=True, timeout=60)
    return path


def film_with_chapters(folder):
    """Twelve seconds that browsers play, in two chapters."""
    notes, path = folder / "notes.txt", folder / "章节.mp4"
    parts = ((0, 6, "导入"), (6, 12, "读课文，写生字"))
    notes.write_text(
        ";FFMETADATA1\n"
        + "".join(f"[CHAPTER]\nTIMEBASE=1/1\nSTART={start}\nEND={end}\ntitle={name}\n" for start, end, name in parts),
        encoding="utf-8",
    )
    arguments = [
        "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=12", "-i", str(notes),
        "-map", "0:v", "-map_chapters", "1", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path),
    ]
    subprocess.run(arguments, check=True, timeout=60)
    return path


def photo(folder):
    """A picture as phones write it."""
    plain, path = folder / "board.png", folder / "IMG_0001.HEIC"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x480:d=1", "-frames:v", "1", str(plain)],
        check=True, timeout=60,
    )
    subprocess.run(["heif-enc", str(plain), "-o", str(path)], check=True, timeout=60, capture_output=True)
    return path


def text(folder):
    path = folder / "教学设计.docx"
    types = (
        f'<Types xmlns="{OFFICE}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    links = (
        f'<Relationships xmlns="{OFFICE}/package/2006/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument/'
        '2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    body = (
        f'<w:document xmlns:w="{OFFICE}/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>守塔人每天走这条路。</w:t>'
        '</w:r></w:p><w:p><w:r><w:br w:type="page"/><w:t>作业：画一座灯塔。</w:t></w:r></w:p></w:body></w:document>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("[Content_Types].xml", types), ("_rels/.rels", links), ("word/document.xml", body)):
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return path


def slides(folder):
    """Two slides, written by LibreOffice itself."""
    page = "".join(
        f'<draw:page draw:name="p{number}"><draw:frame svg:width="20cm" svg:height="3cm" svg:x="2cm" svg:y="2cm">'
        f"<draw:text-box><text:p>{words}</text:p></draw:text-box></draw:frame></draw:page>"
        for number, words in enumerate(("灯塔下的路", "生字"))
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{rest}:1.0"'
        for name, rest in (
            ("office", "office"), ("draw", "drawing"), ("text", "text"), ("svg", "svg-compatible"),
            ("presentation", "presentation"),
        )
    )
    source = folder / "课件.fodp"
    source.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {names} office:version="1.2" '
        f'office:mimetype="application/vnd.oasis.opendocument.presentation"><office:body><office:presentation>{page}'
        "</office:presentation></office:body></office:document>",
        encoding="utf-8",
    )
    arguments = [
        "soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pptx", "--outdir",
        str(folder), str(source),
    ]
    subprocess.run(arguments, check=True, timeout=120, capture_output=True)
    return folder / "课件.pptx"


def form(page):
    page.goto("/textbooks?stage=2&subject=13")
    page.get_by_role("link", name="三年级上册").first.click()
    page.get_by_role("link", name="灯塔下的路", exact=True).click()
    page.get_by_role("link", name="为这一课上传资源").click()
    heading(page, "新建资源")


def test_files_are_sent_processed_and_seen_on_a_phone(journey, people, tmp_path):
    teacher = journey("teacher")
    page = teacher.page
    form(page)
    files = [slides(tmp_path), text(tmp_path), film(tmp_path)]
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 40, "downloadThroughput": 1 << 20, "uploadThroughput": 200 << 10},
    )
    page.locator("#field-file").set_input_files(files)
    # She writes on while the files are under way; a form that is sent too early says so and keeps everything.
    page.get_by_label("标题").fill(TITLE)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("还有文件正在上传，传完后再保存")).to_be_visible()
    expect(page.locator(".upload-item--done")).to_have_count(3, timeout=60_000)
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    # Something is wrong: the files stay chosen, and so does what was typed.
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator(".error-summary")).to_contain_text("选择类型")
    expect(page.get_by_label("标题")).to_have_value(TITLE)
    chosen = page.get_by_role("checkbox", name=re.compile("课堂实录|教学设计|课件.pptx"))
    expect(chosen).to_have_count(3)
    for box in chosen.all():
        expect(box).to_be_checked()
    teacher.expect_clean()
    page.get_by_label("类型").select_option(label="教案")
    page.get_by_role("button", name="保存草稿").click()
    heading(page, TITLE)
    resource = page.url
    # The page follows the work by itself.
    expect(page.locator(".media")).to_have_count(3, timeout=20_000)
    expect(page.get_by_role("link", name=re.compile("在线阅读，共 2 页"))).to_have_count(2, timeout=120_000)
    expect(page.locator(".player-choice").get_by_text("360P")).to_be_visible(timeout=120_000)
    expect(page.locator(".media[data-poll]")).to_have_count(0, timeout=120_000)
    teacher.expect_clean()

    phone = journey("teacher", "phone")
    small = phone.page
    small.goto(resource)
    video = small.locator(".player video")
    expect(video).to_have_attribute("poster", re.compile("poster.jpg$"))
    phone.picture("resource-media-phone", whole=True)
    video.evaluate("video => { video.muted = true; video.play().catch(() => {}); }")
    player = small.locator(".player")
    expect(player).to_have_attribute("data-playing", re.compile(r"/derived/(master\.m3u8|\d+\.mp4)$"), timeout=20_000)
    until(small, "document.querySelector('.player video').currentTime > 0.2")
    # Another quality goes on from there.
    player.get_by_role("link", name=re.compile("180P")).click()
    expect(player).to_have_attribute("data-playing", re.compile(r"/derived/180\.mp4$"), timeout=20_000)
    assert small.evaluate("document.querySelector('.player video').videoHeight") == 180
    small.get_by_role("link", name=re.compile("在线阅读")).last.click()
    expect(small.locator(".reader-page")).to_have_count(2)
    until(small, "[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    small.get_by_role("button", name="下一页").click()
    expect(small.get_by_label("页码")).to_have_value("2")
    small.keyboard.press("ArrowLeft")
    expect(small.get_by_label("页码")).to_have_value("1")
    phone.expect_clean()
    reading = small.url

    # What was made of a draft is as much hers as the draft.
    picture = page.locator(".media-cover img").first.evaluate("image => image.src")
    stream = video_address(page)
    for address in (resource, reading, picture, stream):
        assert status(page, address) == 200, address
        for stranger in ("visitor", "pupil"):
            assert status(people.page(stranger), address) == 404, (stranger, address)
    part = page.request.get(stream, headers={"Range": "bytes=0-99"})
    assert part.status == 206 and len(part.body()) == 100


def test_chapters_lead_to_their_time_and_photos_of_phones_are_seen(journey, browser, server, sessions, people, tmp_path):
    teacher = journey("teacher")
    page = teacher.page
    form(page)
    page.locator("#field-file").set_input_files([film_with_chapters(tmp_path), photo(tmp_path)])
    expect(page.locator(".upload-item--done")).to_have_count(2, timeout=60_000)
    page.get_by_label("标题").fill("章节和照片")
    page.get_by_label("类型").select_option(label="教案")
    page.get_by_role("button", name="保存草稿").click()
    heading(page, "章节和照片")
    expect(page.locator("img.media-image")).to_be_visible(timeout=60_000)
    expect(page.locator(".media[data-poll]")).to_have_count(0, timeout=120_000)
    page.locator("img.media-image").scroll_into_view_if_needed()
    until(page, "document.querySelector('img.media-image').naturalWidth === 640")
    links = page.get_by_role("list", name="章节").get_by_role("link")
    expect(links).to_have_text(["0:00 导入", "0:06 读课文，写生字"])
    teacher.expect_clean()
    page.locator(".player video").evaluate("video => { video.muted = true; }")
    links.last.focus()
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.player video').currentTime > 6")
    expect(links.last).to_have_attribute("aria-current", "true")
    expect(links.first).not_to_have_attribute("aria-current", "true")
    track = page.evaluate("document.querySelector('track[kind=chapters]').src")
    assert "读课文" in page.request.get(track).text()

    context = browser.new_context(
        base_url=server.url, locale="zh-CN", storage_state=sessions["teacher"], java_script_enabled=False
    )
    people.contexts.append(context)
    plain = context.new_page()
    plain.goto(page.url)
    link = plain.get_by_role("link", name="0:06 读课文，写生字")
    expect(link).to_be_visible()
    assert re.search(r"/derived/180\.mp4#t=6\.000$", link.get_attribute("href"))


def until(page, condition: str):
    """Waits within the page: its policy lets no text be made into a program there."""
    look = f"const look = () => {condition} ? done() : requestAnimationFrame(look); look()"
    page.evaluate(f"() => new Promise(done => {{ {look} }})")


def video_address(page) -> str:
    return page.locator(".player-choice a").first.evaluate("link => link.href")


def test_without_scripts_the_form_sends_and_the_browser_plays(browser, server, sessions, people, tmp_path):
    people.page("teacher")
    context = browser.new_context(
        base_url=server.url, locale="zh-CN", storage_state=sessions["teacher"], java_script_enabled=False
    )
    people.contexts.append(context)
    page = context.new_page()
    form(page)
    page.locator("#field-file").set_input_files(text(tmp_path))
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator(".error-summary")).to_contain_text("填写标题")
    expect(page.get_by_role("checkbox", name=re.compile("教学设计.docx"))).to_be_checked()
    page.get_by_label("标题").fill("没有脚本")
    page.get_by_label("类型").select_option(label="教案")
    page.get_by_role("button", name="保存草稿").click()
    heading(page, "没有脚本")
    expect(page.get_by_role("link", name="教学设计.docx", exact=True)).to_be_visible()
    expect(page.locator(".media")).to_have_count(1)
