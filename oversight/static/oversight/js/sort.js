// Keys for the answers and for undo, and the next photo without a pause. The page works without this file; this adds
// the keys, says on each button which one it is, and a way to turn them off (people who dictate would set them off by
// speaking). Answers are sent in the background and the next page takes this one's place: its photo is loaded already.

const SETTING = "oversight-sort-keys";
let keysAreOn = recalled();
let isBusy = false;
let nextPhoto = null;

function sorter() {
  return document.querySelector("[data-sorter]");
}

function keyTargets() {
  return [...document.querySelectorAll("main [data-key]")];
}

function dress() {
  for (const target of keyTargets()) addHint(target);
  if (!sorter()) return; // the last answer may still be taken back
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--link button--small sorter__toggle";
  button.addEventListener("click", () => setKeys(!keysAreOn));
  sorter().append(button);
  setKeys(keysAreOn);
  loadNext();
}

function addHint(target) {
  const hint = document.createElement("kbd");
  hint.textContent = target.dataset.key.toUpperCase();
  hint.setAttribute("aria-hidden", "true");
  hint.hidden = !keysAreOn;
  target.setAttribute("aria-keyshortcuts", target.dataset.key);
  target.append(hint);
}

function setKeys(on) {
  keysAreOn = on;
  remember(on);
  for (const target of keyTargets()) target.querySelector("kbd").hidden = !on;
  sorter().querySelector(".sorter__toggle").textContent = on ? "Turn the keys off" : "Answer with keys";
}

function loadNext() {
  const address = sorter().dataset.nextPhoto;
  nextPhoto = null;
  if (!address) return;
  nextPhoto = new Image();
  nextPhoto.src = address;
}

function pressed(event) {
  if (!keysAreOn || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  const target = keyTargets().find((each) => each.dataset.key === event.key.toLowerCase());
  if (!target || event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  target.click();
}

function submitted(event) {
  const { target: form, submitter } = event;
  if (!submitter?.dataset.key || !sorter()) return;
  event.preventDefault();
  go(form.action, { method: "POST", body: new FormData(form, submitter) }, () => sendPlainly(form, submitter));
}

function clicked(event) {
  const link = event.target.closest("a[data-key]");
  if (!link || !sorter() || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href, {}, () => location.assign(link.href));
}

// Fetch the page that follows and put it in this one's place; `otherwise`, when that cannot be done.
async function go(address, request, otherwise) {
  if (isBusy) return;
  isBusy = true;
  try {
    const answer = await fetch(address, request);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok && page.querySelector("[data-sorter]")) show(page, answer.url);
    else location.assign(answer.url);
  } catch {
    otherwise();
  } finally {
    isBusy = false;
  }
}

function sendPlainly(form, submitter) {
  const answer = document.createElement("input");
  Object.assign(answer, { type: "hidden", name: submitter.name, value: submitter.value });
  form.append(answer);
  form.submit();
}

function show(page, address) {
  const focused = document.activeElement?.dataset?.key;
  const main = document.adoptNode(page.querySelector("main"));
  const photo = main.querySelector(".sorter__photo img");
  if (nextPhoto && photo.src === nextPhoto.src) {
    for (const name of ["alt", "width", "height"]) nextPhoto.setAttribute(name, photo.getAttribute(name));
    photo.replaceWith(nextPhoto);
  }
  document.querySelector("main").replaceWith(main);
  document.title = page.title;
  history.pushState(null, "", address);
  dress();
  scrollTo(0, 0);
  const again = focused && main.querySelector(`.sorter [data-key="${focused}"]`);
  (again || main).focus({ preventScroll: true });
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

document.addEventListener("keydown", pressed);
document.addEventListener("submit", submitted);
document.addEventListener("click", clicked);
addEventListener("popstate", () => location.reload());
dress();
