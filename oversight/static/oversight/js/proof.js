// Solves the challenge of <input type="hidden" name="altcha" data-challenge='{…}' data-worker="…/proof-worker.js"> while
// somebody fills the form in, and holds the form back for the last moment if it is sent sooner. Without it the form is
// sent as it is, and the server counts more slowly.

const ENOUGH = 20000; // milliseconds after which the form goes as it is

for (const field of document.querySelectorAll("input[data-challenge]")) {
  if (window.isSecureContext && window.Worker) prove(field);
}

function prove(field) {
  const challenge = JSON.parse(field.dataset.challenge);
  const worker = new Worker(field.dataset.worker);
  const answer = new Promise((done) => {
    worker.addEventListener("message", ({ data }) => done(data));
    worker.addEventListener("error", () => done(null));
    setTimeout(() => done(null), ENOUGH);
  }).then((number) => {
    worker.terminate();
    if (number !== null) field.value = btoa(JSON.stringify({ ...challenge, number }));
    return true;
  });
  let isOver = false;
  answer.then(() => { isOver = true; });
  field.form.addEventListener("submit", (event) => {
    if (isOver) return;
    event.preventDefault();
    const button = event.submitter;
    answer.then(() => field.form.requestSubmit(button));
  });
  worker.postMessage(challenge);
}
