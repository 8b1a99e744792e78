// "Which face?" by touch, mouse and keyboard. The page works without this file: numbered radio buttons, and
// number fields for a face nobody numbered. This adds picking the nearest box by a tap and drawing a box.
// The same hands cover heads before a photo is published: there any number of boxes is drawn, in per cent.

const REACH = 24; // CSS pixels round a small box that still count as a tap on it
const SMALLEST = 8; // photo pixels; anything less is a slip of the hand, not a face
const DRAW = "Draw a box round a face";
const DRAWING = "Now drag over the face. Tap here to stop.";

export class FacePicker {
  constructor(root) {
    this.root = root;
    this.stage = root.querySelector("[data-face-picker-stage]");
    this.own = root.querySelector("[data-face-picker-own]");
    this.ownChoice = root.querySelector("[data-face-picker-own-choice]");
    this.byHand = root.querySelector("[data-face-picker-by-hand]");
    this.faces = [...root.querySelectorAll("[data-face]")];
    this.radios = [...root.querySelectorAll('input[name="face"]')];
    this.fields = Object.fromEntries(["x", "y", "w", "h"].map((key, at) => [key, root.querySelector(`input[name="${this.names()[at]}"]`)]));
    this.photo = { width: Number(root.dataset.photoWidth), height: Number(root.dataset.photoHeight) };
    this.grain = root.matches("[data-cover-picker]") ? 0.1 : 1; // what a box is rounded to, and the least of its
    this.smallest = root.matches("[data-cover-picker]") ? 0.4 : SMALLEST; // sides: per cent there, pixels here
    this.start = null; // where a press began, in photo pixels; null between presses
    this.tool = this.addDrawButton();
    this.listen();
    this.showChoice();
  }

  names() {
    return ["x", "y", "w", "h"];
  }

  words() {
    return [DRAW, DRAWING];
  }

  listen() {
    this.stage.classList.add("face-picker__stage--live");
    this.root.addEventListener("change", () => this.showChoice());
    for (const field of Object.values(this.fields)) field.addEventListener("input", () => this.typed());
    this.stage.addEventListener("pointerdown", (event) => this.press(event));
    this.stage.addEventListener("pointermove", (event) => this.move(event));
    this.stage.addEventListener("pointerup", (event) => this.release(event));
    this.stage.addEventListener("pointercancel", () => this.forget());
    // The labels over the photo work without scripts; with this one the pointer decides, not the label.
    this.stage.addEventListener("click", (event) => event.preventDefault());
  }

  // A finger scrolls the page by default, so drawing with it is a mode one turns on.
  addDrawButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.textContent = this.words()[0];
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => this.setDrawing(!this.isDrawing()));
    const line = document.createElement("p");
    line.className = "face-picker__tools";
    line.append(button);
    this.stage.after(line);
    return button;
  }

  isDrawing() {
    return this.root.classList.contains("face-picker--drawing");
  }

  setDrawing(on) {
    this.root.classList.toggle("face-picker--drawing", on);
    this.tool.setAttribute("aria-pressed", String(on));
    this.tool.textContent = this.words()[Number(on)];
  }

  mayDraw(event) {
    return event.pointerType !== "touch" || this.isDrawing();
  }

  press(event) {
    if (event.button !== 0) return;
    this.start = this.place(event);
    if (this.mayDraw(event)) this.stage.setPointerCapture(event.pointerId);
  }

  move(event) {
    if (!this.start || !this.mayDraw(event)) return;
    const box = between(this.start, this.place(event), this.grain);
    if (Math.max(box.w, box.h) >= this.smallest) this.outline(box);
  }

  release(event) {
    if (!this.start) return;
    const box = between(this.start, this.place(event), this.grain);
    this.start = null;
    if (this.mayDraw(event) && Math.min(box.w, box.h) >= this.smallest) this.useOwn(box);
    else this.pickNearest(event);
  }

  forget() {
    this.start = null;
    this.showChoice();
  }

  place(event) {
    const frame = this.stage.querySelector("img").getBoundingClientRect();
    return {
      x: within((event.clientX - frame.left) / frame.width) * this.photo.width,
      y: within((event.clientY - frame.top) / frame.height) * this.photo.height,
    };
  }

  useOwn(box) {
    for (const [key, field] of Object.entries(this.fields)) field.value = box[key];
    this.choose(this.ownChoice);
    this.setDrawing(false);
  }

  pickNearest(event) {
    const near = this.faces
      .map((face) => ({ face, away: distance(face.querySelector("rect"), event) }))
      .sort((one, other) => one.away - other.away)[0];
    if (near && near.away <= REACH) this.choose(this.radios.find((radio) => radio.value === near.face.dataset.face));
    else this.showChoice();
  }

  choose(radio) {
    radio.checked = true;
    radio.focus({ preventScroll: true });
    this.showChoice();
  }

  typed() {
    this.ownChoice.checked = true;
    this.showChoice();
  }

  showChoice() {
    const chosen = this.radios.find((radio) => radio.checked);
    for (const face of this.faces) {
      face.classList.toggle("face-picker__face--picked", face.dataset.face === chosen?.value);
    }
    const isOwn = chosen === this.ownChoice;
    if (isOwn) this.byHand.open = true;
    for (const field of Object.values(this.fields)) field.required = isOwn;
    this.outline(isOwn ? this.typedBox() : null);
    this.root.dispatchEvent(new CustomEvent("face-chosen", { detail: chosen?.value, bubbles: true }));
  }

  typedBox() {
    const box = Object.fromEntries(Object.entries(this.fields).map(([key, field]) => [key, field.valueAsNumber]));
    return Object.values(box).every(Number.isFinite) ? box : null;
  }

  outline(box) {
    this.own.toggleAttribute("hidden", !box);
    if (!box) return;
    for (const shape of this.own.querySelectorAll("rect")) {
      shape.setAttribute("x", `${(100 * box.x) / this.photo.width}%`);
      shape.setAttribute("y", `${(100 * box.y) / this.photo.height}%`);
      shape.setAttribute("width", `${(100 * box.w) / this.photo.width}%`);
      shape.setAttribute("height", `${(100 * box.h) / this.photo.height}%`);
    }
  }
}

// Every box that is drawn is kept, painted black at once, and sent as a hidden field; the last can be taken back.
export class CoverPicker extends FacePicker {
  constructor(root) {
    super(root);
    this.drawn = root.querySelector("[data-cover-picker-drawn]");
    this.boxes = root.querySelector("[data-cover-picker-boxes]");
    this.undo = this.tool.cloneNode();
    this.undo.removeAttribute("aria-pressed");
    this.undo.textContent = "Take the last box back";
    this.undo.addEventListener("click", () => this.takeBack());
    this.undo.hidden = true;
    this.tool.after(" ", this.undo);
  }

  names() {
    return ["left", "top", "width", "height"];
  }

  words() {
    return ["Draw boxes to cover", "Drag over what is to be covered. Tap here to stop."];
  }

  useOwn(box) {
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    shape.setAttribute("class", "cover-picker__new");
    for (const [name, value] of [["x", box.x], ["y", box.y], ["width", box.w], ["height", box.h]]) shape.setAttribute(name, `${value}%`);
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "box", value: [box.x, box.y, box.w, box.h].join(",") });
    this.drawn.append(shape);
    this.boxes.append(field);
    this.undo.hidden = false;
    this.outline(this.typedBox());
  }

  takeBack() {
    this.drawn.lastElementChild?.remove();
    this.boxes.lastElementChild?.remove();
    this.undo.hidden = !this.boxes.lastElementChild;
    if (this.undo.hidden) this.tool.focus();
  }

  pickNearest() {
    this.showChoice();
  }

  typed() {
    this.showChoice();
  }

  showChoice() {
    this.outline(this.typedBox());
  }
}

function within(share) {
  return Math.min(1, Math.max(0, share));
}

// The box two corners span, in whole grains.
function between(one, other, grain) {
  const whole = (number) => Number((Math.round(number / grain) * grain).toFixed(1));
  return {
    x: whole(Math.min(one.x, other.x)),
    y: whole(Math.min(one.y, other.y)),
    w: whole(Math.abs(one.x - other.x)),
    h: whole(Math.abs(one.y - other.y)),
  };
}

// CSS pixels from a pointer to the nearest edge of a box on the screen; 0 inside it.
function distance(shape, event) {
  const box = shape.getBoundingClientRect();
  const across = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
  const down = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
  return Math.hypot(across, down);
}

for (const root of document.querySelectorAll("[data-face-picker]")) new FacePicker(root);
for (const root of document.querySelectorAll("[data-cover-picker]")) new CoverPicker(root);
