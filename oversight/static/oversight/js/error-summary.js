// Moves the keyboard to the error summary, so that what went wrong is the first thing read.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();
