// Lets a finger or a mouse sign on the page; the picture travels with the form. Without it a photo of a signature does.
for (const pad of document.querySelectorAll("canvas[data-draws]")) {
  const field = pad.parentElement.querySelector(`input[name="${pad.dataset.draws}"]`);
  const clear = pad.parentElement.querySelector(`[data-clears="${pad.dataset.draws}"]`);
  const pen = pad.getContext("2d");
  const begin = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, pad.width, pad.height);
    field.value = "";
  };
  const place = (event) => {
    const box = pad.getBoundingClientRect();
    return [((event.clientX - box.left) * pad.width) / box.width, ((event.clientY - box.top) * pad.height) / box.height];
  };
  let drawing = false;
  pad.hidden = clear.hidden = false;
  begin();
  Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#111" });
  pad.addEventListener("pointerdown", (event) => {
    drawing = true;
    pad.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...place(event));
  });
  pad.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...place(event));
    pen.stroke();
  });
  pad.addEventListener("pointerup", () => {
    drawing = false;
    field.value = pad.toDataURL("image/png");
  });
  clear.addEventListener("click", begin);
}
