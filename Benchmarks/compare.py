#!/usr/bin/env python3
"""CPU per request of Santong's pages against the floor program, side by side in one run.

    python3 Benchmarks/compare.py [--seconds 4] [--rounds 3]

Needs release builds of `santong` and `floor`, and wrk. Loads a demo city into a temporary folder, adds resources to some of its
lessons, captures the pages and the statements behind them, then loads both servers in turn and prints a table: CPU milliseconds a request (user and system,
the whole process), the ratio, and the 95th percentile of Santong's latency.
"""
import argparse, json, os, pathlib, re, signal, socket, sqlite3, statistics, subprocess, tempfile, time, urllib.parse, urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = ROOT / ".build/release"
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(command, port, **environment):
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{command[0]} did not start")


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def get(url, token):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def cpu(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(process):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1]) // 1024


def load(process, url, token, seconds):
    script = pathlib.Path(tempfile.gettempdir()) / "santong-percentile.lua"
    script.write_text("done = function(s, latency) io.write(string.format('p95 %.3f\\n', latency:percentile(95) / 1000)) end")
    before = cpu(process)
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", script, url]
    if token:
        command[4:4] = ["-H", f"Authorization: Bearer {token}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text:
        raise SystemExit(text)
    requests = int(re.search(r"(\d+) requests in", text)[1])
    return (cpu(process) - before) * 1000 / requests, float(re.search(r"p95 ([\d.]+)", text)[1]), requests


# Lessons that get resources, and how many each.
LESSONS, EACH = 12, 30


def add_resources(database):
    """Copies a published resource of the demo to other lessons and schools. Returns a copy, its lesson and what it is called."""
    source, content, lesson = database.execute(
        """SELECT i.id, i.content, x.node_id FROM resources_item i JOIN resources_item_node x ON x.item_id = i.id
           WHERE i.state = 'published' AND i.visibility IN ('city', 'public') AND i.adapted_from IS NULL
           ORDER BY i.id LIMIT 1""").fetchone()
    content = json.loads(content)
    schools = [row[0] for row in database.execute("SELECT id FROM directory_organisation WHERE kind = 'school' ORDER BY id")]
    lessons = database.execute(
        "SELECT id, title FROM resources_node WHERE kind = 'lesson' AND is_removed = 0 ORDER BY id = ? DESC, id LIMIT ?",
        (lesson, LESSONS)).fetchall()
    kinds = ["教案", "课件", "导学案", "练习", "微课"]

    def copy(table, key, replaced):
        cursor = database.execute(f"SELECT * FROM {table} WHERE {key} = ?", (source,))
        names = [column[0] for column in cursor.description]
        for number, row in enumerate(cursor.fetchall()):
            row = dict(zip(names, row)) | replaced
            if key != "id" and "id" in row:
                row["id"] = row["id"][:14] + f"{number:02d}" + replaced[key][-10:]
            database.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", list(row.values()))

    for number in range(LESSONS * EACH):
        (node, title), item = lessons[number % len(lessons)], source[:20] + f"{number:06d}"
        told = content | {"title": f"《{title}》{kinds[number % len(kinds)]}（{number}）", "nodes": [node]}
        told["visibility"] = ["city", "public"][number % 2]
        text = json.dumps(told, ensure_ascii=False)
        copy("resources_item", "id", {
            "id": item, "title": told["title"], "content": text, "visibility": told["visibility"],
            "school_id": schools[number * 7 % len(schools)]})
        copy("resources_item_version", "item_id", {"item_id": item, "content": text})
        copy("resources_item_node", "item_id", {"item_id": item, "node_id": node})
        for table in ["resources_item_author", "resources_item_file"]:
            copy(table, "item_id", {"item_id": item})
    database.commit()
    return item, node, title


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        data, pages, shim = folder / "data", folder / "pages", folder / "trace.so"
        pages.mkdir()
        subprocess.run([RELEASE / "santong", "demo", "city", "--data", data], cwd=ROOT, check=True, capture_output=True)
        token = subprocess.run(
            [RELEASE / "santong", "user", "token", "shiju", "--data", data], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.strip()
        database = sqlite3.connect(data / "santong.sqlite")
        school = database.execute(
            "SELECT id FROM directory_organisation WHERE kind = 'school' ORDER BY path LIMIT 1").fetchone()[0]
        item, node, words = add_resources(database)
        database.close()
        subprocess.run(
            [RELEASE / "santong", "search", "rebuild", "--data", data], cwd=ROOT, check=True, capture_output=True)
        paths = {
            "schools": "/schools", "plan": "/plan", "school": f"/schools/{school}", "resource": f"/resources/{item}",
            "node": f"/textbook-nodes/{node}", "search": "/resources/search?q=" + urllib.parse.quote(words)}

        subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", shim, ROOT / "Benchmarks/trace.c", "-ldl"], check=True)
        port, statements = free_port(), folder / "statements"
        serve = [RELEASE / "santong", "serve", "--data", data, "--port"]
        traced = start(serve + [str(port)], port, LD_PRELOAD=str(shim), STATEMENTS=str(statements))
        for name, path in paths.items():
            get(f"http://127.0.0.1:{port}{path}", token)
            statements.write_text("")
            (pages / f"{name}.html").write_bytes(get(f"http://127.0.0.1:{port}{path}", token))
            reads = [line for line in statements.read_text().splitlines() if line.lstrip().startswith(("SELECT", "WITH"))]
            (pages / f"{name}.sql").write_text("\n".join(reads))
        stop(traced)

        port, floor_port = free_port(), free_port()
        begun = time.monotonic()
        santong = start(serve + [str(port)], port)
        get(f"http://127.0.0.1:{port}/", None)
        print(f"process start to first page: {time.monotonic() - begun:.2f} s")
        floor = start([RELEASE / "floor", str(floor_port), data / "santong.sqlite", pages], floor_port)
        total = 0
        print("| page | bytes | Santong CPU ms | floor CPU ms | ratio | p95 ms at 16 connections |\n|---|---|---|---|---|---|")
        for name, path in paths.items():
            rounds = []
            for _ in range(options.rounds):
                own, p95, count = load(santong, f"http://127.0.0.1:{port}{path}", token, options.seconds)
                bare, _, _ = load(floor, f"http://127.0.0.1:{floor_port}/{name}", None, options.seconds)
                rounds.append((own / bare, own, bare, p95))
                total += count
            ratio, own, bare, p95 = (statistics.median(column) for column in zip(*rounds))
            size = (pages / f"{name}.html").stat().st_size
            shown = re.sub(r"/[0-9a-z]{26}$", "/:id", urllib.parse.unquote(path))
            print(f"| {shown} | {size} | {own:.3f} | {bare:.3f} | {ratio:.2f} | {p95:.1f} |")
        print(f"resident memory after {total} requests: {memory(santong)} MB")
        stop(santong)
        stop(floor)


main()
