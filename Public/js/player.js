// A video that begins to play: when one source does not in a few seconds, the next is tried; what counts is that it plays,
// not what the browser says it can. Without scripts the browser's own choice among the sources stands.
const PATIENCE = 4000;
const SLOW_LINE = 1.5;

export default function player(place) {
  const video = place.querySelector("video");
  const news = place.querySelector("[data-player-news]");
  const links = [...place.querySelectorAll("[data-quality]")];
  const sources = [...video.querySelectorAll("source")].map((source) => source.src);
  const line = navigator.connection;
  // The smallest first where every byte counts, unless a stream fits itself to the line.
  if (line && (line.saveData || line.downlink < SLOW_LINE) && !sources[0].endsWith(".m3u8")) sources.reverse();
  let at = 0;
  let timer = null;
  let hasPlayed = false;

  function use(address, place = video.currentTime) {
    const wasPlaying = !video.paused;
    hasPlayed = false;
    for (const source of video.querySelectorAll("source")) source.remove();
    video.src = address;
    if (place > 0) video.addEventListener("loadedmetadata", () => (video.currentTime = place), { once: true });
    video.load();
    if (wasPlaying) video.play().catch(() => {});
    mark(address);
  }

  function seek(time) {
    // Before it knows how long it is, a time that is set is forgotten.
    if (video.readyState >= HTMLMediaElement.HAVE_METADATA) video.currentTime = time;
    else video.addEventListener("loadedmetadata", () => (video.currentTime = time), { once: true });
    video.play().catch(() => {});
  }

  function mark(address) {
    for (const link of links) {
      if (link.href === address) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  function next() {
    clearTimeout(timer);
    // The browser may have passed over some by itself.
    at = Math.max(at, sources.indexOf(video.currentSrc));
    if (at + 1 >= sources.length) {
      news.textContent = "视频不能播放，可以下载原文件观看";
      news.classList.remove("visually-hidden");
      return;
    }
    at += 1;
    use(sources[at]);
    wait();
  }

  function wait() {
    clearTimeout(timer);
    // What has played once only waits for the line.
    if (hasPlayed) return;
    timer = setTimeout(() => {
      if (video.paused || video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) return;
      next();
    }, PATIENCE);
  }

  video.addEventListener("play", wait);
  video.addEventListener("waiting", wait);
  video.addEventListener("playing", () => {
    clearTimeout(timer);
    hasPlayed = true;
    place.dataset.playing = video.currentSrc;
  });
  video.addEventListener("error", () => {
    if (video.error && video.src) next();
  });
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      at = Math.max(0, sources.indexOf(link.href));
      use(link.href);
      news.textContent = `已换成${link.textContent.trim()}`;
    });
  }
  const chapters = [...place.querySelectorAll("[data-chapter]")];
  for (const link of chapters) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      seek(Number(link.dataset.chapter));
    });
  }
  if (chapters.length > 0) video.addEventListener("timeupdate", () => markChapter(chapters, video.currentTime));
  const bar = place.querySelector("[data-sprites]");
  if (bar) sprites(bar, video);
}

function markChapter(links, time) {
  const now = links.findLast((link) => Number(link.dataset.chapter) <= time + 0.01);
  for (const link of links) {
    if (link === now) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// Small pictures below the video; each leads to its time.
async function sprites(bar, video) {
  const answer = await fetch(bar.dataset.sprites);
  if (!answer.ok) return;
  const cues = [...(await answer.text()).matchAll(/(\d+):(\d+):(\d+\.\d+) -->.*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g)];
  if (cues.length < 2) return;
  const folder = bar.dataset.sprites.replace(/[^/]*$/, "");
  for (const [, hours, minutes, seconds, picture, x, y, width, height] of cues) {
    const time = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "player-scene";
    button.setAttribute("aria-label", `跳到 ${clock(time)}`);
    Object.assign(button.style, {
      width: `${width}px`, height: `${height}px`, backgroundImage: `url("${folder}${picture}")`,
      backgroundPosition: `-${x}px -${y}px`,
    });
    button.addEventListener("click", () => (video.currentTime = time));
    bar.append(button);
  }
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "时间轴");
  bar.hidden = false;
}

function clock(time) {
  const seconds = Math.floor(time % 60);
  return `${Math.floor(time / 60)}:${seconds < 10 ? "0" : ""}${seconds}`;
}
