// Adds to a file input: dropping files on it, a count, a warning before a too large upload, small previews.
// Previews are drawn on canvas: blob: addresses would need a hole in the content policy.

const MEGABYTE = 1024 * 1024;
const PREVIEW_PIXELS = 192;
const MOST_PREVIEWS = 24;

for (const box of document.querySelectorAll("[data-file-drop]")) enhance(box);

function enhance(box) {
  const input = box.querySelector('input[type="file"]');
  input.addEventListener("change", () => describe(box, input));
  for (const name of ["dragenter", "dragover"]) {
    box.addEventListener(name, (event) => {
      event.preventDefault();
      box.classList.add("file-drop--over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    box.addEventListener(name, () => box.classList.remove("file-drop--over"));
  }
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    take(input, event.dataTransfer.files);
    describe(box, input);
  });
  if (input.files.length) describe(box, input);
}

function take(input, dropped) {
  const chosen = new DataTransfer();
  for (const file of input.multiple ? dropped : [...dropped].slice(0, 1)) chosen.items.add(file);
  input.files = chosen.files;
}

function describe(box, input) {
  const say = box.querySelector("[data-file-drop-say]");
  const list = box.querySelector("[data-file-drop-previews]");
  const files = [...input.files];
  const word = input.accept.startsWith("image") ? "photo" : "file";
  const trouble = troubleWith(files, box.dataset, word);
  say.textContent = trouble || counted(files, word);
  say.classList.toggle("file-drop__say--bad", Boolean(trouble));
  input.setCustomValidity(trouble);
  list.replaceChildren(...files.slice(0, MOST_PREVIEWS).map(preview));
}

function counted(files, word) {
  if (files.length === 0) return "";
  return files.length === 1 ? `1 ${word} chosen` : `${files.length} ${word}s chosen`;
}

function troubleWith(files, limits, word) {
  const most = Number(limits.maxFiles || Infinity);
  const largest = Number(limits.maxBytes || Infinity);
  const together = Number(limits.maxTotal || Infinity);
  if (files.length > most) return `You chose ${files.length} ${word}s. Send ${most} at a time.`;
  const tooLarge = files.find((file) => file.size > largest);
  if (tooLarge) return `${tooLarge.name} is larger than ${Math.floor(largest / MEGABYTE)} megabytes. Leave it out.`;
  if (files.reduce((sum, file) => sum + file.size, 0) > together) {
    return `These ${word}s are larger than ${Math.floor(together / MEGABYTE)} megabytes together. Send fewer at a time.`;
  }
  return "";
}

function preview(file) {
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = PREVIEW_PIXELS;
  canvas.setAttribute("aria-hidden", "true");
  draw(file, canvas).catch(() => {}); // a kind this browser cannot show: an empty square and the name are enough
  const name = document.createElement("span");
  name.textContent = file.name;
  name.title = file.name;
  item.append(canvas, name);
  return item;
}

async function draw(file, canvas) {
  const picture = await createImageBitmap(file);
  const side = Math.min(picture.width, picture.height);
  const left = (picture.width - side) / 2;
  const top = (picture.height - side) / 4;
  canvas.getContext("2d").drawImage(picture, left, top, side, side, 0, 0, PREVIEW_PIXELS, PREVIEW_PIXELS);
  picture.close();
}
