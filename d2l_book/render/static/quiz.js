/* Predictions as a quiz: the first choice of each question counts. Without scripts, folds. */
(function () {
  "use strict";

  const questions = [...document.querySelectorAll(".bd-article .d2l-predict")];
  const progress = window.d2lProgress;
  if (!questions.length) return;

  const choicesOf = (question) => [...question.querySelectorAll(":scope > details")];
  const isRight = (choice) => /^Right/.test(choice.querySelector("p strong")?.textContent ?? "");
  const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });

  let picked = { ...progress.get().picked };

  const score = make("p", "d2l-score", "");
  score.setAttribute("role", "status");
  const again = make("button", "d2l-again", "Predict again");
  again.type = "button";
  const box = make("div", "d2l-scored", "");
  box.append(score, again);
  questions.at(-1).after(box);

  /** Say on a choice whether it is right, in a sign and in words, and whether it is the one that counts. */
  function mark(choice, counts) {
    const right = isRight(choice);
    const summary = choice.querySelector("summary");
    summary.querySelector(".d2l-verdict")?.remove();
    choice.classList.add(right ? "is-right" : "is-wrong");
    const said = `${right ? "✓ Right" : "✗ No"}${counts ? ", your choice" : ""}`;
    summary.append(" ", make("span", "d2l-verdict", said));
  }

  const firsts = () =>
    Object.fromEntries(Object.entries(picked).map(([number, place]) => {
      return [number, isRight(choicesOf(questions[number])[place])];
    }));

  function tell(before = "") {
    const first = Object.values(firsts());
    const right = first.filter(Boolean).length;
    const all = questions.length;
    if (first.length === 0) score.textContent = "The first choice of each question counts.";
    else if (first.length < all) score.textContent = `${before}${right} of ${first.length} predicted right so far.`;
    else score.textContent = `${before}${right} of ${all} predicted right.`;
    again.hidden = first.length === 0;
  }

  function choose(choice) {
    const number = questions.indexOf(choice.parentElement);
    const counts = !(number in picked);
    if (counts) {
      picked[number] = choicesOf(questions[number]).indexOf(choice);
      progress.keep({ picked, first: firsts(), of: questions.length });
    }
    mark(choice, counts || picked[number] === choicesOf(questions[number]).indexOf(choice));
    tell(isRight(choice) ? "Right. " : "No. ");
  }

  function clear() {
    picked = {};
    for (const choice of questions.flatMap(choicesOf)) {
      choice.open = false;
      choice.classList.remove("is-right", "is-wrong");
      choice.querySelector(".d2l-verdict")?.remove();
    }
    tell();
  }

  for (const choice of questions.flatMap(choicesOf)) {
    choice.querySelector("summary").addEventListener("click", () => {
      if (!choice.open) choose(choice);
    });
  }
  again.addEventListener("click", () => {
    progress.keep({ picked: {}, first: {} });
    clear();
    questions[0].querySelector("summary").focus();
  });
  window.addEventListener("d2l-forgotten", clear);

  // What was kept may belong to an older version of the page.
  picked = Object.fromEntries(
    Object.entries(picked).filter(([number, place]) => questions[number] && choicesOf(questions[number])[place]),
  );
  for (const [number, place] of Object.entries(picked)) mark(choicesOf(questions[number])[place], true);
  tell();
})();
