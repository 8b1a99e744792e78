// Watches a job: asks its status address, moves the line and the sentence, and goes on when it is done.
// Answer expected: {"state": "waiting" | "working" | "done" | "failed", "done": 3, "total": 10,
// "sentence": "…", "url": "…"}; every key but state may be absent.

const FIRST_WAIT = 700;
const LONGEST_WAIT = 8000;
const SLOWER = 1.35;

for (const box of document.querySelectorAll("[data-progress]")) watch(box);

async function watch(box) {
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * SLOWER, LONGEST_WAIT)) {
    await pause(wait);
    const status = await ask(box.dataset.statusUrl);
    if (!status) continue; // no network, or a busy server: the next question may be answered
    show(box, status);
    if (status.state === "done") return location.replace(status.url || box.dataset.doneUrl);
    if (status.state === "failed") return location.replace(status.url || location.href); // the page says why
  }
}

function pause(milliseconds) {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}

async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.status === 404 || answer.status === 410) return { state: "failed" };
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function show(box, status) {
  const say = box.querySelector("[data-progress-say]");
  const line = box.querySelector("[data-progress-line]");
  // Writing the same words again would make a screen reader say them again.
  if (status.sentence && status.sentence !== say.textContent.trim()) say.textContent = status.sentence;
  if (status.total) {
    line.max = status.total;
    line.value = status.done || 0;
  } else {
    line.removeAttribute("value");
  }
}
