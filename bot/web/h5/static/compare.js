// Compares a chosen or dropped file with the hash of the sealed one, without sending it anywhere.
for (const form of document.querySelectorAll("form[data-sha256]")) {
  const input = form.querySelector("input[type=file]");
  const show = (same) => {
    form.querySelector("[data-same]").hidden = !same;
    form.querySelector("[data-other]").hidden = same;
    document.querySelector("[data-altered]").hidden = same;
    document.querySelector("[data-standing]").hidden = !same;
  };
  const compare = async () => {
    const [file] = input.files;
    if (!file) return;
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    show([...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") === form.dataset.sha256);
  };
  if (!globalThis.crypto?.subtle) continue;
  input.addEventListener("change", compare);
  form.addEventListener("submit", (event) => { event.preventDefault(); compare(); });
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    input.files = event.dataTransfer.files;
    compare();
  });
}
