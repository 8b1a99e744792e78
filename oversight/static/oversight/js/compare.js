// Two photos side by side, made larger together: a slider, and each photo can be moved in its window. Without it they
// stand side by side.

const MOST = 4;

for (const box of document.querySelectorAll("[data-compare]")) addSlider(box);

function addSlider(box) {
  const label = document.createElement("label");
  const slider = Object.assign(document.createElement("input"), { type: "range", min: 1, max: MOST, step: 0.25, value: 1 });
  label.className = "compare__zoom";
  label.append("Larger ", slider);
  box.after(label);
  slider.addEventListener("input", () => enlarge(box, Number(slider.value)));
  for (const pane of box.querySelectorAll(".compare__window")) {
    pane.addEventListener("click", (event) => {
      event.preventDefault(); // the photo is made larger here instead of leaving the page
      slider.value = slider.value >= 2 ? 1 : 2;
      enlarge(box, Number(slider.value));
    });
  }
}

function enlarge(box, times) {
  for (const pane of box.querySelectorAll(".compare__window")) {
    const image = pane.querySelector("img, svg");
    const middle = { x: (pane.scrollLeft + pane.clientWidth / 2) / pane.scrollWidth, y: (pane.scrollTop + pane.clientHeight / 2) / pane.scrollHeight };
    image.style.setProperty("width", `${100 * times}%`);
    pane.scrollLeft = middle.x * pane.scrollWidth - pane.clientWidth / 2;
    pane.scrollTop = middle.y * pane.scrollHeight - pane.clientHeight / 2;
  }
}
