/* What a letter stands for, shown at the letter: on the pointer, the focus or a tap; Escape closes. */
(function () {
  "use strict";

  const LATER = 200; // milliseconds in which the pointer may go from the letter to what is said of it
  const tip = Object.assign(document.createElement("div"), { className: "d2l-tip", hidden: true });
  tip.setAttribute("aria-hidden", "true"); // the letter is described by the text this is a copy of
  document.body.append(tip);
  let current = null;
  let timer = 0;

  function show(letter) {
    clearTimeout(timer);
    const said = document.getElementById(letter.getAttribute("aria-describedby"));
    if (!said || (letter === current && !tip.hidden)) return;
    current = letter;
    tip.replaceChildren(...[...said.cloneNode(true).childNodes]);
    tip.hidden = false;
    const at = letter.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(at.left, width - tip.offsetWidth - 8));
    const below = at.bottom + tip.offsetHeight + 8 < window.innerHeight;
    const top = below ? at.bottom + 4 : at.top - tip.offsetHeight - 4;
    tip.style.left = `${left + window.scrollX}px`;
    tip.style.top = `${top + window.scrollY}px`;
  }

  function hide() {
    clearTimeout(timer);
    tip.hidden = true;
    current = null;
  }

  const letterAt = (event) => event.target.closest?.(".d2l-letter");
  const leave = () => {
    clearTimeout(timer);
    timer = setTimeout(hide, LATER);
  };

  document.addEventListener("pointerover", (event) => {
    if (letterAt(event)) show(letterAt(event));
    else if (tip.contains(event.target)) clearTimeout(timer);
    else if (!tip.hidden && document.activeElement !== current) leave();
  });
  document.addEventListener("focusin", (event) => {
    if (letterAt(event)) show(letterAt(event));
    else hide();
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !tip.hidden) hide();
  });
})();
