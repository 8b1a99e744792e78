// "Which face?" by touch, mouse and keyboard. The page works without this file: numbered radio buttons, and
// number fields for a face nobody numbered. This adds picking the nearest box by a tap and drawing a box.

const REACH = 24; // CSS pixels round a small box that still count as a tap on it
const SMALLEST = 8; // photo pixels; anything less is a slip of the hand, not a face

for (const root of document.querySelectorAll("[data-face-picker]")) new FacePicker(root);

function FacePicker(root) {
  const stage = root.querySelector("[data-face-picker-stage]");
  const own = root.querySelector("[data-face-picker-own]");
  const ownChoice = root.querySelector("[data-face-picker-own-choice]");
  const byHand = root.querySelector("[data-face-picker-by-hand]");
  const radios = [...root.querySelectorAll('input[name="face"]')];
  const fields = Object.fromEntries(["x", "y", "w", "h"].map((key) => [key, root.querySelector(`input[name="${key}"]`)]));
  const photo = { width: Number(root.dataset.photoWidth), height: Number(root.dataset.photoHeight) };
  let start = null;
  let dragged = false;

  stage.classList.add("face-picker__stage--live");
  const tool = addDrawButton();
  root.addEventListener("change", showChoice);
  for (const field of Object.values(fields)) field.addEventListener("input", typed);
  stage.addEventListener("pointerdown", press);
  stage.addEventListener("pointermove", move);
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", () => { start = null; });
  stage.addEventListener("click", (event) => event.preventDefault()); // the pointer handlers decide, not the labels
  showChoice();

  // A finger scrolls the page by default, so drawing with it is a mode one turns on.
  function addDrawButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.textContent = "Draw a box round a face";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => drawing(!root.classList.contains("face-picker--drawing")));
    const line = document.createElement("p");
    line.className = "face-picker__tools";
    line.append(button);
    stage.after(line);
    return button;
  }

  function drawing(on) {
    root.classList.toggle("face-picker--drawing", on);
    tool.setAttribute("aria-pressed", String(on));
    tool.textContent = on ? "Now drag over the face. Tap here to stop." : "Draw a box round a face";
  }

  function place(event) {
    const frame = stage.querySelector("img").getBoundingClientRect();
    const within = (value) => Math.min(1, Math.max(0, value));
    return {
      x: within((event.clientX - frame.left) / frame.width) * photo.width,
      y: within((event.clientY - frame.top) / frame.height) * photo.height,
    };
  }

  function mayDraw(event) {
    return event.pointerType !== "touch" || root.classList.contains("face-picker--drawing");
  }

  function press(event) {
    if (event.button !== 0) return;
    start = place(event);
    dragged = false;
    if (mayDraw(event)) stage.setPointerCapture(event.pointerId);
  }

  function move(event) {
    if (!start || !mayDraw(event)) return;
    const box = between(start, place(event));
    dragged = dragged || Math.max(box.w, box.h) >= SMALLEST;
    if (dragged) outline(box);
  }

  function release(event) {
    if (!start) return;
    const box = between(start, place(event));
    start = null;
    if (mayDraw(event) && Math.min(box.w, box.h) >= SMALLEST) useOwn(box);
    else pickNearest(event);
  }

  function between(one, other) {
    return {
      x: Math.round(Math.min(one.x, other.x)),
      y: Math.round(Math.min(one.y, other.y)),
      w: Math.round(Math.abs(one.x - other.x)),
      h: Math.round(Math.abs(one.y - other.y)),
    };
  }

  function useOwn(box) {
    for (const [key, field] of Object.entries(fields)) field.value = box[key];
    choose(ownChoice);
    drawing(false);
  }

  function pickNearest(event) {
    const near = [...root.querySelectorAll("[data-face]")]
      .map((face) => ({ face, away: distance(face.querySelector("rect"), event) }))
      .sort((one, other) => one.away - other.away)[0];
    if (near && near.away <= REACH) choose(root.querySelector(`#face-${CSS.escape(near.face.dataset.face)}`));
    else showChoice();
  }

  function distance(shape, event) {
    const box = shape.getBoundingClientRect();
    const across = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
    const down = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
    return Math.hypot(across, down);
  }

  function choose(radio) {
    radio.checked = true;
    radio.focus({ preventScroll: true });
    showChoice();
  }

  function typed() {
    ownChoice.checked = true;
    showChoice();
  }

  function showChoice() {
    const chosen = radios.find((radio) => radio.checked);
    for (const face of root.querySelectorAll("[data-face]")) {
      face.classList.toggle("face-picker__face--picked", face.dataset.face === chosen?.value);
    }
    const isOwn = chosen === ownChoice;
    if (isOwn) byHand.open = true;
    for (const field of Object.values(fields)) field.required = isOwn;
    outline(isOwn ? typedBox() : null);
  }

  function typedBox() {
    const box = Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.valueAsNumber]));
    return Object.values(box).every(Number.isFinite) ? box : null;
  }

  function outline(box) {
    own.toggleAttribute("hidden", !box);
    if (!box) return;
    for (const shape of own.querySelectorAll("rect")) {
      shape.setAttribute("x", `${(100 * box.x) / photo.width}%`);
      shape.setAttribute("y", `${(100 * box.y) / photo.height}%`);
      shape.setAttribute("width", `${(100 * box.w) / photo.width}%`);
      shape.setAttribute("height", `${(100 * box.h) / photo.height}%`);
    }
  }
}
