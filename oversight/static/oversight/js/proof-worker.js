// ALTCHA's challenge, version 1: the number from 0 to maxNumber whose SHA-256 after the salt is the challenge.

addEventListener("message", async ({ data: { algorithm, challenge, maxNumber, salt } }) => {
  const words = new TextEncoder();
  const wanted = challenge.toLowerCase();
  for (let number = 0; number <= maxNumber; number += 1) {
    const digest = new Uint8Array(await crypto.subtle.digest(algorithm, words.encode(salt + number)));
    // The first byte alone rules out nearly every number, and costs nothing to write out.
    if (digest[0] !== parseInt(wanted.slice(0, 2), 16)) continue;
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex === wanted) {
      postMessage(number);
      return;
    }
  }
  postMessage(null);
});
