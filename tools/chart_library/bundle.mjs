// Writes the script and the licences of all that is in it; `npm run bundle` installs and calls it.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const TARGET = new URL("../../d2l_book/render/static/charts/", import.meta.url);
const SCRIPT = new URL("vega-runtime.js", TARGET);
const LICENCES = new URL("LICENSES.txt", TARGET);

/** Return what a package in a folder says of itself, and its licence. */
async function terms(path) {
  const folder = new URL(`${path}/`, import.meta.url);
  const { name, version, license } = JSON.parse(await readFile(new URL("package.json", folder), "utf8"));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`${name}: expected a licence file, found none`);
  const text = (await readFile(new URL(file, folder), "utf8")).replaceAll("\r\n", "\n");
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}

const { metafile } = await build({
  absWorkingDir: new URL(".", import.meta.url).pathname,
  entryPoints: ["library.mjs"],
  outfile: SCRIPT.pathname,
  bundle: true,
  charset: "utf8",
  format: "iife",
  globalName: "d2lVega",
  legalComments: "none", // all of them are in the file of licences
  metafile: true,
  minify: true,
  target: "es2020",
});
const [output] = Object.values(metafile.outputs);
// A package may stand inside of another one, in a version of its own.
const folders = Object.entries(output.inputs)
  .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  .map(([path]) => /.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0])
  .filter(Boolean);
const parts = [...new Set(await Promise.all([...new Set(folders)].map(terms)))].sort();
await mkdir(TARGET, { recursive: true });
await writeFile(LICENCES, parts.join(`\n${"-".repeat(78)}\n\n`));
console.log(createHash("sha256").update(await readFile(SCRIPT)).digest("hex"));
