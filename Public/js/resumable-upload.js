// Sends the files of a field piece by piece by tus 1.0: a cut line costs one piece, and the same file chosen again goes on
// where it stopped. Without scripts the form around sends the files itself.
import { read, write } from "./upload-memory.js";

const PIECE = 4 * 1024 * 1024;
const AT_ONCE = 3;
const LONGEST_PAUSE = 30_000;
const VERSION = { "Tus-Resumable": "1.0.0" };
export default function resumable(place) {
  const queue = new Queue(place);
  for (const input of place.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", (event) => {
      event.stopImmediatePropagation();
      queue.add([...input.files]);
      input.value = "";
    });
    input.required = false;
    if (matchMedia("(pointer: coarse)").matches) input.before(camera(queue));
  }
  const form = place.querySelector("form");
  form?.querySelector(".form-actions")?.remove();
  form?.addEventListener("submit", (event) => event.preventDefault());
  // A form around it is sent when all its files are there.
  place.closest("form")?.addEventListener("submit", (event) => {
    if (!queue.isBusy) return;
    event.preventDefault();
    queue.hold();
  });
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.classList.add("uploader--over");
  });
  place.addEventListener("dragleave", () => place.classList.remove("uploader--over"));
  place.addEventListener("drop", async (event) => {
    event.preventDefault();
    place.classList.remove("uploader--over");
    queue.add(await dropped(event.dataTransfer));
  });
  window.addEventListener("beforeunload", (event) => {
    if (!queue.isBusy) return;
    event.preventDefault();
    event.returnValue = ""; // what browsers before Chrome 119 look at
  });
}

// A phone's own camera, beside the choice of files.
function camera(queue) {
  const label = element("label", "button button--secondary upload-camera", "拍照或录像");
  const input = element("input", "visually-hidden");
  Object.assign(input, { type: "file", accept: "image/*,video/*" });
  input.setAttribute("capture", "environment");
  input.addEventListener("change", () => queue.add([...input.files]));
  label.append(input);
  return label;
}

// Files of a drop; folders are gone through.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files];
  return (await Promise.all(entries.map(filesOf))).flat();
}

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return found;
    for (const child of some) found.push(...(await filesOf(child)));
  }
}

// Uploads that run on this page: the same file chosen twice is one.
const running = new Set();

class Queue {
  constructor(place) {
    this.place = place;
    this.list = place.querySelector(".upload-queue");
    this.news = place.querySelector("[data-upload-news]");
    this.waiting = [];
    this.running = 0;
  }

  get isBusy() {
    return this.running > 0;
  }

  hold() {
    this.say("还有文件正在上传，传完后再保存");
    this.isHeld = true;
    this.news.classList.remove("visually-hidden");
    this.list.scrollIntoView({ block: "nearest" });
  }

  // Why the form waits stays said until it need not wait.
  say(text) { if (!this.isHeld) this.news.textContent = text; }

  add(files) {
    this.list.hidden = false;
    for (const file of files) {
      const upload = new Upload(file, this);
      this.list.append(upload.row);
      if (running.has(upload.key)) {
        upload.isDouble = true;
        upload.fail("这个文件已经在上传。");
      }
      else if (file.size === 0) upload.fail("文件是空的，没有内容。");
      else if (file.size > Number(this.place.dataset.limit)) upload.fail("文件太大。");
      else {
        running.add(upload.key);
        this.waiting.push(upload);
      }
    }
    this.next();
  }

  async next() {
    while (this.running < AT_ONCE && this.waiting.length > 0) {
      const upload = this.waiting.shift();
      if (upload.isEnded) continue;
      this.running += 1;
      upload.run().finally(() => {
        this.running -= 1;
        this.next();
        if (!(this.isHeld &&= this.isBusy)) this.news.classList.add("visually-hidden");
      });
    }
  }

  finished(upload) {
    this.say(`${upload.file.name} 已传完`);
    const form = this.place.closest("form");
    if (!this.place.dataset.name || !form) return;
    const field = element("input");
    Object.assign(field, { type: "hidden", name: this.place.dataset.name, value: upload.id });
    form.append(field);
    upload.field = field;
  }
}

class Upload {
  constructor(file, queue) {
    Object.assign(this, { file, queue, url: null, offset: 0, isPaused: false, isEnded: false, failures: 0 });
    this.row = element("li", "upload-item");
    this.bar = element("progress");
    this.bar.max = file.size || 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.note = element("span", "upload-note", "等待中");
    this.pause = button("暂停", () => this.toggle());
    this.drop = button("取消", () => this.cancel());
    this.row.append(element("span", "upload-name", file.name), this.note, this.bar, this.pause, this.drop);
  }

  get key() {
    return `${this.file.name} ${this.file.size} ${this.file.lastModified}`;
  }

  get id() {
    return this.url.split("/").pop();
  }

  async run() {
    while (!this.isEnded) {
      try {
        await this.step();
      } catch (error) {
        if (this.isEnded) return;
        if (error instanceof Refusal) return this.fail(error.message);
        if (error instanceof SignedOut) return this.stop();
        this.failures += 1;
        await this.rest(error instanceof Delay ? error.message : "网络中断");
      }
    }
  }

  // One request further; what the server has is asked again after every fault.
  async step() {
    while (this.isPaused && !this.isEnded) await this.woken();
    if (this.isEnded) return;
    if (!this.url) await this.begin();
    if (this.isUnsure) await this.ask();
    if (this.offset < this.file.size) {
      await this.send();
    }
    if (this.offset >= this.file.size && !this.isEnded) await this.settle();
  }

  async begin() {
    const known = read(this.key);
    if (known) {
      this.url = known;
      this.isUnsure = true;
      return;
    }
    const answer = await fetch(this.queue.place.dataset.resumable, {
      method: "POST",
      headers: { ...VERSION, "Upload-Length": this.file.size, "Upload-Metadata": `filename ${base64(this.file.name)}` },
    });
    if (answer.status !== 201) await refuse(answer);
    this.url = answer.headers.get("Location");
    this.offset = 0;
    write(this.key, this.url);
  }

  async ask() {
    const answer = await fetch(this.url, { method: "HEAD", headers: VERSION });
    if (answer.status === 404 || answer.status === 410) {
      write(this.key, null);
      this.url = null;
      return this.begin();
    }
    if (!answer.ok) await refuse(answer);
    this.offset = Number(answer.headers.get("Upload-Offset"));
    this.isUnsure = false;
  }

  // Not by fetch: only this tells how much of a request has gone.
  send() {
    const piece = this.file.slice(this.offset, this.offset + PIECE);
    return new Promise((done, failed) => {
      const request = (this.request = new XMLHttpRequest());
      request.open("PATCH", this.url);
      request.setRequestHeader("Tus-Resumable", VERSION["Tus-Resumable"]);
      request.setRequestHeader("Content-Type", "application/offset+octet-stream");
      request.setRequestHeader("Upload-Offset", this.offset);
      request.timeout = 300_000;
      request.upload.addEventListener("progress", (event) => this.show(this.offset + event.loaded));
      request.addEventListener("load", () => {
        if (request.status === 204) {
          this.offset = Number(request.getResponseHeader("Upload-Offset"));
          this.failures = 0;
          this.show(this.offset);
          return done();
        }
        this.isUnsure = true;
        if (request.status === 401) return failed(new SignedOut());
        const isFinal = [403, 412, 413, 415].includes(request.status);
        const type = request.getResponseHeader("Content-Type");
        failed(new (isFinal ? Refusal : Delay)(words(type, request.responseText)));
      });
      for (const name of ["error", "timeout", "abort"]) {
        request.addEventListener(name, () => {
          this.isUnsure = true;
          failed(new Error(name));
        });
      }
      request.send(piece);
    });
  }

  // All is there; the server looks at what it is.
  async settle() {
    this.pause.hidden = true;
    this.bar.value = this.file.size;
    for (let tries = 0; ; tries += 1) {
      const answer = await fetch(`${this.url}/state`);
      // A page route: whoever is not signed in any more is sent to sign in.
      if (answer.redirected || answer.status === 401) throw new SignedOut();
      if (answer.status === 404) throw new Refusal("已经在别处取消");
      if (!answer.ok) throw new Error("state");
      const told = await answer.json();
      this.note.textContent = told.remark ? `${told.title}：${told.remark}` : told.title;
      if (told.state === "refused") return this.fail(told.remark);
      if (!told.open) break;
      await new Promise((done) => setTimeout(done, Math.min(5000, 500 * 2 ** tries)));
    }
    this.isEnded = true;
    this.forget();
    this.row.classList.add("upload-item--done");
    this.drop.textContent = "移除";
    this.queue.finished(this);
  }

  show(sent) {
    this.bar.value = sent;
    const percent = Math.floor((sent / this.file.size) * 100);
    this.note.textContent = this.isPaused ? `已暂停（${percent}%）` : `${percent}%`;
  }

  // Longer after each failure; at once when the line is back.
  rest(reason) {
    const pause = Math.min(LONGEST_PAUSE, 500 * 2 ** Math.min(this.failures, 6)) * (0.75 + Math.random() / 2);
    if (!this.isPaused) this.note.textContent = `${reason}，正在重试`;
    return new Promise((done) => {
      const timer = setTimeout(done, pause);
      window.addEventListener("online", () => (clearTimeout(timer), done()), { once: true });
      this.wake = () => (clearTimeout(timer), done());
    });
  }

  woken() {
    return new Promise((done) => (this.wake = done));
  }

  toggle() {
    this.isPaused = !this.isPaused;
    this.pause.textContent = this.isPaused ? "继续" : "暂停";
    if (this.isPaused) this.request?.abort();
    this.show(this.offset);
    if (!this.isPaused) this.wake?.();
  }

  async cancel() {
    const wasDone = this.row.classList.contains("upload-item--done");
    this.isEnded = true;
    this.request?.abort();
    this.wake?.();
    this.forget();
    this.field?.remove();
    this.row.remove();
    if (this.url && (!wasDone || this.field)) await fetch(this.url, { method: "DELETE", headers: VERSION });
  }

  // Nothing is lost: after signing in the same file goes on where it stopped.
  stop() {
    this.isEnded = true;
    running.delete(this.key);
    this.row.classList.add("upload-item--bad");
    this.note.textContent = "登录已过期，重新登录后再选同一个文件，会接着上传。";
    this.note.setAttribute("role", "alert");
    const link = element("a", "", "去登录");
    link.href = `/sign-in?return=${encodeURIComponent(location.pathname + location.search)}`;
    this.row.append(link);
    this.pause.hidden = true;
    this.drop.hidden = true;
  }

  fail(message) {
    this.isEnded = true;
    this.row.classList.add("upload-item--bad");
    this.note.textContent = message;
    this.note.setAttribute("role", "alert");
    this.pause.hidden = true;
    this.drop.textContent = "移除";
    this.forget();
  }

  forget() {
    if (this.isDouble) return;
    write(this.key, null);
    running.delete(this.key);
  }
}

class Refusal extends Error {}

// The session has ended; what the server has of the file stays.
class SignedOut extends Error {}

// The server cannot now, and says why.
class Delay extends Error {}

async function refuse(answer) {
  if (answer.status === 401) throw new SignedOut();
  const text = await answer.text();
  const isFinal = answer.status >= 400 && answer.status < 500 && ![408, 409, 423, 429].includes(answer.status);
  throw new (isFinal ? Refusal : Delay)(words(answer.headers.get("Content-Type"), text));
}

function words(type, text) {
  return type?.startsWith("text/plain") && text ? text.replace(/。$/, "") : "服务器没有接收，请刷新页面后重试";
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function element(name, style = "", text = "") {
  const made = document.createElement(name);
  if (style) made.className = style;
  made.textContent = text;
  return made;
}

function button(text, act) {
  const made = element("button", "button button--secondary", text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}
