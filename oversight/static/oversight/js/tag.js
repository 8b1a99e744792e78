// Tagging without reloads. The page works without this file: choose a numbered face, search, choose, save. This adds a
// box that can be moved, the face larger at the side, and officers that appear while one types; Enter saves.

import { BoxEditor } from "./box-editor.js";

const PAUSE = 150; // milliseconds after the last letter
const ZOOM = 384; // pixels of the larger face, each way
const ROUND_IT = 0.35; // of the box, shown on each side of it

class Tagger {
  constructor(root) {
    this.root = root;
    this.picker = root.querySelector("[data-face-picker]");
    this.image = this.picker.querySelector("img");
    this.photo = { width: Number(this.picker.dataset.photoWidth), height: Number(this.picker.dataset.photoHeight) };
    this.typed = Object.fromEntries(["x", "y", "w", "h"].map((k) => [k, this.picker.querySelector(`input[name="${k}"]`)]));
    this.form = root.querySelector("[data-tagger-save]");
    this.words = root.querySelector("[data-tagger-words]");
    this.found = root.querySelector("[data-tagger-found]");
    this.canvas = this.addCanvas();
    const stage = this.picker.querySelector("[data-face-picker-stage]");
    this.editor = new BoxEditor(stage, this.photo, (box) => this.edited(box));
    this.listen();
  }

  listen() {
    this.root.classList.add("tagger--live");
    this.root.querySelector("[data-tagger-legend]").textContent = "Who is it?";
    this.picker.addEventListener("face-chosen", (event) => this.chosen(event.detail));
    this.image.addEventListener("load", () => this.zoom());
    this.words.addEventListener("input", () => this.later());
    this.words.addEventListener("keydown", (event) => this.pressed(event));
    document.getElementById("tag-find").addEventListener("submit", (event) => this.entered(event));
    this.picker.dispatchEvent(new Event("change"));
    const next = this.box ? this.words : this.picker.querySelector('input[name="face"]');
    if (matchMedia("(hover: hover)").matches) next.focus({ preventScroll: true });
  }

  // Enter on a face: on to the words.
  entered(event) {
    event.preventDefault();
    this.words.focus();
  }

  addCanvas() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = ZOOM;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "The chosen face, larger");
    this.root.querySelector("[data-tagger-zoom]").append(canvas);
    return canvas;
  }

  chosen(value) {
    if (!value) return;
    const box = value === "own" ? this.typedBox() : this.numberedBox(value);
    this.editor.set(box);
    this.use(box);
  }

  numberedBox(value) {
    const shape = this.picker.querySelector(`[data-face="${value}"] .face-picker__box`);
    if (!shape) return null;
    const part = (name, whole) => Math.round((parseFloat(shape.getAttribute(name)) / 100) * whole);
    const { width, height } = this.photo;
    return { x: part("x", width), y: part("y", height), w: part("width", width), h: part("height", height) };
  }

  typedBox() {
    const box = Object.fromEntries(Object.entries(this.typed).map(([key, field]) => [key, field.valueAsNumber]));
    return Object.values(box).every(Number.isFinite) ? box : null;
  }

  // A box that was moved is no numbered face any more: the picker is told by its number fields.
  edited(box) {
    for (const [key, field] of Object.entries(this.typed)) field.value = box[key];
    this.typed.x.dispatchEvent(new Event("input", { bubbles: true }));
  }

  use(box) {
    this.box = box;
    this.form.hidden = !box;
    this.canvas.parentElement.hidden = !box;
    if (!box) return;
    for (const [key, value] of Object.entries(box)) this.form.elements[key].value = value;
    this.zoom();
    if ("taggerLikely" in this.root.dataset) this.later(); // whom a plugin thinks likely depends on the face
  }

  zoom() {
    if (!this.box || !this.image.complete || !this.image.naturalWidth) return;
    const scale = this.image.naturalWidth / this.photo.width;
    const side = Math.max(this.box.w, this.box.h) * (1 + 2 * ROUND_IT) * scale;
    const left = (this.box.x + this.box.w / 2) * scale - side / 2;
    const top = (this.box.y + this.box.h / 2) * scale - side / 2;
    const ink = this.canvas.getContext("2d");
    ink.clearRect(0, 0, ZOOM, ZOOM);
    ink.drawImage(this.image, left, top, side, side, 0, 0, ZOOM, ZOOM);
  }

  later() {
    clearTimeout(this.timer);
    this.isBehind = true;
    this.timer = setTimeout(() => this.search(), PAUSE);
  }

  async search() {
    clearTimeout(this.timer);
    const words = this.words.value;
    const address = `${this.root.dataset.officersUrl}?${new URLSearchParams({ q: words, ...this.box })}`;
    try {
      const answer = await fetch(address);
      if (!answer.ok || words !== this.words.value) return;
      this.found.innerHTML = await answer.text();
      this.isBehind = false;
      await Promise.all([...this.found.querySelectorAll("[data-likely-url]")].map(addLikely));
    } catch {
      this.found.textContent = "The list could not be loaded. Check your connection and type again.";
    }
  }

  async pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.move(event, step);
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (this.isBehind) {
      await this.search(); // what was typed last is not seen yet: save only when there is no doubt who is meant
      if (this.officers().length !== 1) return;
    }
    if (this.form.elements.officer.value) this.form.requestSubmit();
  }

  officers() {
    return [...this.form.querySelectorAll('input[name="officer"]:not([value="unknown"])')];
  }

  move(event, step) {
    const all = this.officers();
    if (!all.length) return;
    event.preventDefault();
    const now = all.findIndex((each) => each.checked);
    all[(now + step + all.length) % all.length].checked = true;
  }
}

// What a plugin offers for this face, in the place of the link to it.
async function addLikely(place) {
  const answer = await fetch(place.dataset.likelyUrl);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const offer = page.querySelector("[data-likely]");
  if (offer) place.replaceChildren(...document.adoptNode(offer).childNodes);
}

for (const root of document.querySelectorAll("[data-tagger]")) new Tagger(root);
