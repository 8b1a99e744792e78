// A box over a photo that can be moved and resized by mouse, finger and arrow keys. All numbers are photo pixels.

const CORNERS = ["nw", "ne", "sw", "se"];
const SMALLEST = 8;
const STEP = 0.01; // of the photo's longer side, for each press of an arrow key
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class BoxEditor {
  // `stage`: the element that the photo fills; `photo`: {width, height}; `changed(box)`: called after each change.
  constructor(stage, photo, changed) {
    this.stage = stage;
    this.photo = photo;
    this.changed = changed;
    this.element = this.build();
    stage.append(this.element);
  }

  build() {
    const element = document.createElement("div");
    element.className = "box-editor";
    element.hidden = true;
    element.tabIndex = 0;
    element.setAttribute("role", "application");
    element.setAttribute("aria-label", "Box round the face. Arrow keys move it. Shift and arrow keys change its size.");
    for (const corner of CORNERS) {
      const handle = document.createElement("span");
      handle.className = "box-editor__handle";
      handle.dataset.corner = corner;
      element.append(handle);
    }
    element.addEventListener("pointerdown", (event) => this.grab(event));
    element.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, (event) => this.drop(event));
    element.addEventListener("keydown", (event) => this.pressed(event));
    return element;
  }

  set(box) {
    this.box = box;
    this.element.hidden = !box;
    if (!box) return;
    const style = this.element.style;
    style.left = `${(100 * box.x) / this.photo.width}%`;
    style.top = `${(100 * box.y) / this.photo.height}%`;
    style.width = `${(100 * box.w) / this.photo.width}%`;
    style.height = `${(100 * box.h) / this.photo.height}%`;
  }

  grab(event) {
    if (event.button !== 0) return;
    event.stopPropagation(); // or the stage would begin to draw a new box
    event.preventDefault();
    this.element.focus({ preventScroll: true });
    this.element.setPointerCapture(event.pointerId);
    this.held = { x: event.clientX, y: event.clientY, box: this.box, corner: event.target.dataset.corner ?? "" };
  }

  drag(event) {
    if (!this.held) return;
    event.stopPropagation();
    const frame = this.stage.getBoundingClientRect();
    const across = ((event.clientX - this.held.x) * this.photo.width) / frame.width;
    const down = ((event.clientY - this.held.y) * this.photo.height) / frame.height;
    this.change(this.held.corner ? stretched(this.held, across, down) : moved(this.held.box, across, down));
  }

  drop(event) {
    if (!this.held) return;
    event.stopPropagation();
    this.held = null;
  }

  pressed(event) {
    const way = WAYS[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const step = Math.max(1, Math.round(STEP * Math.max(this.photo.width, this.photo.height)));
    const [across, down] = way.map((sign) => sign * step);
    const bigger = { ...this.box, w: this.box.w + across, h: this.box.h + down };
    this.change(event.shiftKey ? bigger : moved(this.box, across, down));
  }

  change(box) {
    const w = clamp(Math.round(box.w), SMALLEST, this.photo.width);
    const h = clamp(Math.round(box.h), SMALLEST, this.photo.height);
    const x = clamp(Math.round(box.x), 0, this.photo.width - w);
    const y = clamp(Math.round(box.y), 0, this.photo.height - h);
    this.set({ x, y, w, h });
    this.changed(this.box);
  }
}

function moved(box, across, down) {
  return { ...box, x: box.x + across, y: box.y + down };
}

function stretched({ box, corner }, across, down) {
  const isWest = corner.endsWith("w");
  const isNorth = corner.startsWith("n");
  const w = Math.max(SMALLEST, isWest ? box.w - across : box.w + across);
  const h = Math.max(SMALLEST, isNorth ? box.h - down : box.h + down);
  return { x: isWest ? box.x + box.w - w : box.x, y: isNorth ? box.y + box.h - h : box.y, w, h };
}

function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}
