/* The search box of the page that lists all exercises: it hides what does not match. */
(function () {
  "use strict";

  const form = document.querySelector("form.d2l-find");
  if (!form) return;
  const [input, status] = [form.querySelector("input"), form.querySelector("[role=status]")];
  const LABEL = /^\d+(\.\d+)*\.?$/;

  /** What is searched of a piece of text: lower case, one space between words. */
  function plain(text) {
    return text.toLowerCase().normalize("NFKC").replace(/\s+/g, " ").trim();
  }

  const sections = [...document.querySelectorAll("details.d2l-catalogue")].map((box) => ({
    box,
    chapter: box.closest("section"),
    exercises: [...box.querySelectorAll(".d2l-statements > li")].map((item) => ({
      item,
      label: plain(item.querySelector("strong").textContent),
      text: plain(`${item.textContent} ${box.querySelector("summary").firstChild.textContent}`),
    })),
  }));
  const total = sections.reduce((sum, { exercises }) => sum + exercises.length, 0);

  /** A number is a label, or the beginning of one that ends at a point; all else is found in the
   * statement. "Exercise 5.6.3" asks for a label as well. */
  function matcher(query) {
    const words = query.split(" ").filter(Boolean);
    const asked = words.filter((word) => !/^(exercises?|sections?|chapters?)$/.test(word));
    const needed = asked.some((word) => LABEL.test(word)) ? asked : words;
    const begins = (label, number) => `${label} `.replaceAll(" ", ".").startsWith(`${number}.`);
    const fits = ({ label, text }, word) =>
      LABEL.test(word) ? begins(label, word.replace(/\.$/, "")) : text.includes(word);
    return (exercise) => needed.every((word) => fits(exercise, word));
  }

  function show(box, shown) {
    box.classList.toggle("d2l-left-out", !shown);
  }

  /** Show the exercises that match, in open sections; without a query, the folded list. */
  function search() {
    const query = plain(input.value);
    const matches = matcher(query);
    const chapters = new Set();
    let [found, where] = [0, 0];
    for (const { box, chapter, exercises } of sections) {
      let here = 0;
      for (const exercise of exercises) {
        const shown = matches(exercise);
        show(exercise.item, shown);
        here += shown;
      }
      show(box, here > 0);
      box.open = query !== "" && here > 0;
      if (here > 0) chapters.add(chapter);
      found += here;
      where += here > 0;
    }
    for (const { chapter } of sections) show(chapter, chapters.has(chapter));
    const counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
    status.textContent =
      query === ""
        ? ""
        : found === 0
          ? `No exercise has “${input.value.trim()}”.`
          : `${found} of ${counted(total, "exercise")}, in ${counted(where, "section")}.`;
  }

  let waiting;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 150);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    search();
  });
  form.hidden = false;
  input.value = new URLSearchParams(location.search).get("q") ?? "";
  if (input.value) search();
})();
