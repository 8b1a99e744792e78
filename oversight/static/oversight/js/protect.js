// "Protect a photo" without leaving the page: a line that says how far the work is, and boxes that can be moved, drawn
// and taken away. The photo stays in the browser and is sent again with each change, for the server keeps nothing.
// Without this file the form and its answer are two plain pages.

import { BoxEditor } from "./box-editor.js";
import { CoverPicker } from "./face-picker.js";

const STREAM = "application/x-ndjson";
const TROUBLE = "That did not work. Check your connection and try again.";
const WAITING = "Waiting for the photos before yours…";
const SENDING = "Sending the photo…";
const LOOKING = "Looking for heads…";
const REACH = 24; // CSS pixels round a box that still count as a tap on it

class Protect {
  constructor(form) {
    this.form = form;
    this.start = document.querySelector("[data-protect-start]");
    this.result = document.querySelector("[data-protect-result]");
    this.progress = document.querySelector("[data-protect-progress]");
    this.say = this.progress.querySelector("[data-protect-say]");
    this.line = this.progress.querySelector("[data-protect-line]");
    form.addEventListener("submit", (event) => this.submitted(event, form));
  }

  async submitted(event, form) {
    event.preventDefault();
    if (this.isBusy) return;
    this.isBusy = true;
    const content = new FormData(form);
    this.photo ??= null;
    if (form === this.form) this.photo = content.get("photo");
    else content.set("photo", this.photo);
    form.querySelector("[data-protect-progress-here]")?.append(this.progress);
    this.show(null, SENDING);
    this.progress.hidden = false;
    try {
      await this.ask(form.action, content);
    } catch {
      this.fail(TROUBLE);
    }
    this.isBusy = false;
  }

  async ask(address, content) {
    const answer = await fetch(address, { method: "POST", body: content, headers: { Accept: STREAM }, cache: "no-store" });
    let isDone = false;
    for await (const line of lines(answer)) isDone = this.hear(JSON.parse(line)) || isDone;
    if (!isDone) this.fail(TROUBLE);
  }

  // One line of the answer; true when it was the last that matters.
  hear(told) {
    if (told.page) this.finish(told.page);
    else if (told.error) this.fail(told.error);
    else this.show(told.share, told.share === null ? WAITING : LOOKING);
    return Boolean(told.page || told.error);
  }

  show(share, words) {
    if (this.say.textContent !== words) this.say.textContent = words;
    this.say.classList.remove("error-text");
    this.line.hidden = false;
    if (share === null) this.line.removeAttribute("value");
    else this.line.value = Math.round(100 * share);
  }

  fail(words) {
    this.say.textContent = words;
    this.say.classList.add("error-text");
    this.line.hidden = true;
  }

  finish(page) {
    this.progress.hidden = true;
    this.progress.remove();
    this.result.innerHTML = page;
    this.start.hidden = true;
    const heading = this.result.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
    offerFile(this.result.querySelector("[data-protect-download]"));
    this.mend();
  }

  mend() {
    const form = this.result.querySelector("[data-protect-again]");
    if (!form) return;
    for (const part of form.querySelectorAll("[data-protect-same-photo]")) part.remove();
    const place = document.createElement("div");
    place.dataset.protectProgressHere = "";
    form.querySelector(".actions").before(place);
    new MaskPicker(form.querySelector("[data-cover-picker]"), form, this.photo);
    form.addEventListener("submit", (event) => this.submitted(event, form));
  }
}

// Every box, found or drawn, can be moved, resized and taken away. As soon as one is touched, the photo itself is shown
// (it never left this computer) with the boxes painted over it, so that what will be covered is seen at once.
class MaskPicker extends CoverPicker {
  constructor(root, form, photo) {
    super(root);
    this.form = form;
    this.photoFile = photo;
    this.list = form.querySelector("[data-protect-boxes]");
    this.field = form.elements.masks;
    const frame = root.closest("[data-protected]").dataset;
    this.size = { width: Number(frame.photoWidth), height: Number(frame.photoHeight) };
    this.masks = this.field.value.split(";").filter(Boolean).map((text) => text.split(",").map(Number));
    this.rects = [...root.querySelectorAll(".cover-picker__box")];
    this.marks = [...root.querySelectorAll(".cover-picker__number")].map((mark) => mark.parentElement);
    this.editor = new BoxEditor(this.stage, this.size, (box) => this.moved(box));
    this.editor.element.setAttribute("aria-label", "Box over a head. Arrow keys move it. Shift and arrow keys change its size. Delete takes it away.");
    this.editor.element.addEventListener("keydown", (event) => this.deletes(event));
    this.undo.remove();
    for (const choice of this.choices()) this.addMove(choice.parentElement, Number(choice.value) - 1);
    form.addEventListener("change", (event) => event.target.name === "lift" && this.lifted());
    form.addEventListener("formdata", (event) => this.write(event.formData));
  }

  choices() {
    return [...this.form.querySelectorAll('input[name="lift"]')];
  }

  addMove(label, at) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet button--small";
    button.textContent = `Move box ${at + 1}`;
    button.addEventListener("click", () => this.edit(at));
    label.after(button);
  }

  pickNearest(event) {
    if (!this.rects) return;
    const near = this.rects
      .map((shape, at) => ({ at, away: distance(shape, event) }))
      .filter(({ at }) => !this.isLifted(at))
      .sort((one, other) => one.away - other.away || this.area(one.at) - this.area(other.at))[0];
    if (near && near.away <= REACH) this.edit(near.at);
    else this.stopEditing();
  }

  area(at) {
    return this.masks[at][2] * this.masks[at][3];
  }

  isLifted(at) {
    return this.choices().some((choice) => choice.checked && Number(choice.value) === at + 1);
  }

  edit(at) {
    this.showPhoto();
    this.editing = at;
    const [x, y, w, h] = this.masks[at];
    const { width, height } = this.size;
    this.editor.set({ x: (x * width) / 100, y: (y * height) / 100, w: (w * width) / 100, h: (h * height) / 100 });
    this.editor.element.focus({ preventScroll: true });
    this.editor.element.scrollIntoView({ block: "nearest" });
  }

  stopEditing() {
    this.editing = null;
    this.editor.set(null);
  }

  moved({ x, y, w, h }) {
    const { width, height } = this.size;
    const box = [(100 * x) / width, (100 * y) / height, (100 * w) / width, (100 * h) / height];
    this.masks[this.editing] = box;
    this.lay(this.editing);
  }

  lay(at) {
    const [x, y, w, h] = this.masks[at];
    for (const [name, value] of [["x", x], ["y", y], ["width", w], ["height", h]]) this.rects[at].setAttribute(name, `${value}%`);
    for (const [name, value] of [["x", x], ["y", y]]) this.marks[at].setAttribute(name, `${value}%`);
  }

  deletes(event) {
    if (!["Delete", "Backspace"].includes(event.key) || this.editing === null) return;
    event.preventDefault();
    const choice = this.choices().find((each) => Number(each.value) === this.editing + 1);
    choice.checked = true;
    this.lifted();
    choice.focus();
  }

  lifted() {
    this.showPhoto();
    for (const at of this.masks.keys()) {
      this.rects[at].classList.toggle("cover-picker__box--lifted", this.isLifted(at));
      if (this.isLifted(at) && this.editing === at) this.stopEditing();
    }
  }

  // A drawn box becomes one more numbered box.
  useOwn(box) {
    const at = this.masks.push([box.x, box.y, box.w, box.h]) - 1;
    const shape = svg("rect", "cover-picker__box");
    const mark = svg("svg", "");
    const number = svg("text", "cover-picker__number");
    mark.setAttribute("overflow", "visible");
    number.setAttribute("x", 3);
    number.setAttribute("y", 12);
    number.textContent = at + 1;
    mark.append(number);
    this.rects.push(shape);
    this.marks.push(mark);
    this.drawn.append(shape, mark);
    this.lay(at);
    this.addChoice(at);
    this.outline(this.typedBox());
    this.edit(at);
  }

  addChoice(at) {
    if (!this.list) {
      this.list = document.createElement("div");
      this.list.className = "cluster";
      this.root.after(this.list);
    }
    const label = document.createElement("label");
    label.className = "choice";
    const choice = Object.assign(document.createElement("input"), { type: "checkbox", name: "lift", value: at + 1 });
    label.append(choice, ` Box ${at + 1}`);
    const pair = document.createElement("span");
    pair.className = "cluster";
    pair.append(label);
    this.list.append(pair);
    this.addMove(label, at);
  }

  // Sent are the boxes that are left, as they lie now.
  write(content) {
    const left = this.masks.filter((_, at) => !this.isLifted(at));
    content.delete("lift");
    content.set("masks", left.map((box) => box.map((side) => Number(Math.min(100, side).toFixed(4))).join(",")).join(";"));
  }

  showPhoto() {
    if (this.isLive || !this.photoFile) return;
    this.isLive = true;
    const image = this.stage.querySelector("img");
    const covered = image.src;
    const address = URL.createObjectURL(this.photoFile);
    image.addEventListener("load", () => this.root.classList.add("cover-picker--live"), { once: true });
    // A kind that this browser cannot show, such as HEIC: the covered copy stays.
    image.addEventListener("error", () => { image.src = covered; }, { once: true });
    image.src = address;
  }
}

function svg(name, kind) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  if (kind) element.setAttribute("class", kind);
  return element;
}

// CSS pixels from a pointer to the nearest edge of a box on the screen; 0 inside it.
function distance(shape, event) {
  const box = shape.getBoundingClientRect();
  const across = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
  const down = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
  return Math.hypot(across, down);
}

// Browsers refuse long data: addresses as downloads; a blob of the same bytes has a short one.
function offerFile(link) {
  const bytes = Uint8Array.from(atob(link.href.split(",")[1]), (letter) => letter.charCodeAt(0));
  link.href = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
}

async function* lines(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const whole = (rest + value).split("\n");
    rest = whole.pop();
    yield* whole.filter(Boolean);
  }
  if (rest) yield rest;
}

for (const form of document.querySelectorAll("form[data-protect]")) new Protect(form);
