// Fills the list below a search box while somebody types. Asks <input data-suggest="/address/"> with ?q=…; answer
// expected: {"names": ["…"]}. Without it the box and its button do the same, one page later.

const QUIET = 200;

for (const box of document.querySelectorAll("input[data-suggest]")) {
  let waiting;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest(box), QUIET);
  });
}

async function suggest(box) {
  const words = box.value.trim();
  if (words.length < 2) return;
  try {
    const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(words)}`);
    if (!answer.ok || box.value.trim() !== words) return;
    const { names } = await answer.json();
    box.list.replaceChildren(...names.map((name) => new Option(name, name)));
  } catch {
    // no network: the button still searches
  }
}
