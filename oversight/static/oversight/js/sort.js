// Keys for the four answers and for undo. The page works without this file; this adds the keys, says on each button
// which one it is, and a way to turn them off (people who dictate would set them off by speaking).

const SETTING = "oversight-sort-keys";

class Keys {
  constructor(sorter) {
    this.targets = new Map([...document.querySelectorAll("[data-key]")].map((target) => [target.dataset.key, target]));
    this.hints = [...this.targets].map(([key, target]) => addHint(key, target));
    this.toggle = this.addToggle(sorter);
    this.set(recalled());
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  addToggle(sorter) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--link button--small sorter__toggle";
    button.addEventListener("click", () => this.set(!this.on));
    sorter.append(button);
    return button;
  }

  set(on) {
    this.on = on;
    remember(on);
    for (const hint of this.hints) hint.hidden = !on;
    this.toggle.textContent = on ? "Turn the keys off" : "Answer with keys";
  }

  pressed(event) {
    if (!this.on || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = this.targets.get(event.key.toLowerCase());
    if (!target || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    target.click();
  }
}

function addHint(key, target) {
  const hint = document.createElement("kbd");
  hint.textContent = key.toUpperCase();
  hint.setAttribute("aria-hidden", "true");
  target.setAttribute("aria-keyshortcuts", key);
  target.append(hint);
  return hint;
}

function recalled() {
  try {
    return localStorage.getItem(SETTING) !== "off";
  } catch {
    return true; // storage is closed to us: the keys work, only the choice is not remembered
  }
}

function remember(on) {
  try {
    localStorage.setItem(SETTING, on ? "on" : "off");
  } catch {
    // as above
  }
}

for (const sorter of document.querySelectorAll("[data-sorter]")) new Keys(sorter);
