/* Typesets TeX with MathJax, one request a line: {tex, display} in, {html} or {error} out.
 * First comes a line with the style sheet of all that MathJax can draw. Started by mathematics.py
 * with MathJax's folder as its argument. */
"use strict";

const readline = require("node:readline");

const folder = process.argv[2];
const settings = {
  loader: {
    load: ["input/tex", "output/chtml", "adaptors/liteDOM", "a11y/assistive-mml"],
    paths: { mathjax: folder },
  },
  // An unknown command is an error, not red text.
  tex: { packages: { "[-]": ["noundefined", "noerrors"] } },
  chtml: { fontURL: "mathjax", adaptiveCSS: false },
  startup: { typeset: false },
};

// What every formula would repeat: a rule of style says the first, HTML's parser needs no other.
const IDLE = / (?:style="position: relative;"|unselectable="on"|xmlns="[^"]*")/g;

function answer(reply) {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

async function typeset(MathJax, { tex, display }) {
  const node = await MathJax.tex2chtmlPromise(tex, { display });
  const html = MathJax.startup.adaptor.outerHTML(node);
  const error = /data-mjx-error="([^"]*)"/.exec(html);
  return error ? { error: error[1] } : { html: html.replace(IDLE, "") };
}

async function main() {
  console.warn = () => {}; // the adaptor has no version number, which MathJax remarks upon
  const MathJax = await require(`${folder}/node-main.js`).init(settings);
  await MathJax.tex2chtmlPromise("x");
  answer({ css: MathJax.startup.adaptor.textContent(MathJax.chtmlStylesheet()) });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    try {
      answer(await typeset(MathJax, JSON.parse(line)));
    } catch (error) {
      answer({ error: String(error) });
    }
  }
}

main();
