/* Draws formulas as SVG with MathJax: one in MathML a line in, one {svg} or {error} a line out.
 * Started by formulas.py with MathJax's folder as its argument. */
"use strict";

const readline = require("node:readline");

const folder = process.argv[2];
const settings = {
  loader: { load: ["input/mml", "output/svg", "adaptors/liteDOM"], paths: { mathjax: folder } },
  svg: { fontCache: "none" }, // each picture stands for itself
  startup: { typeset: false },
};

async function main() {
  console.warn = () => {}; // the adaptor has no version number, which MathJax remarks upon
  const MathJax = await require(`${folder}/node-main.js`).init(settings);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { mathml, display } = JSON.parse(line);
    let answer;
    try {
      const node = await MathJax.mathml2svgPromise(mathml, { display });
      answer = { svg: MathJax.startup.adaptor.innerHTML(node) };
    } catch (error) {
      answer = { error: String(error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

main();
