// Lists the chosen files with their sizes and shows that sending takes a while.
export default function upload(form) {
  for (const input of form.querySelectorAll("[data-file]")) {
    input.addEventListener("change", () => list(input));
    list(input);
  }
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) form.querySelector(".form-actions").append(sending());
  });
  window.addEventListener("pageshow", () => form.querySelector("[data-sending]")?.remove());
}

function list(input) {
  const lines = [...input.files].map((file) => {
    const line = document.createElement("li");
    line.textContent = `${file.name}（${size(file.size)}）`;
    return line;
  });
  input.parentElement.querySelector(".file-list").replaceChildren(...lines);
}

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function sending() {
  const note = document.createElement("span");
  note.setAttribute("role", "status");
  note.dataset.sending = "";
  note.textContent = "正在上传，请不要关闭页面";
  return note;
}
