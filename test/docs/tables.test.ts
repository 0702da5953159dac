/** Compares the generated parts of the docs with the code. `npm run docs` updates them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../core/paths.ts";
import { renderPage, TABLES } from "./tables.ts";

const dir = join(packageRoot(), "docs");
const pages = readdirSync(dir)
  .filter((name) => name.endsWith(".md"))
  .map((name) => ({ file: join(dir, name), text: readFileSync(join(dir, name), "utf8") }))
  .filter(({ text }) => text.includes("<!-- generated: "));

test.each(pages)("$file matches the code", async ({ file, text }) => {
  await expect(renderPage(text)).toMatchFileSnapshot(file);
});

test("every table is part of a page", () => {
  const used = pages.flatMap(({ text }) => [...text.matchAll(/<!-- generated: (.+) -->\n/g)].map(([, name]) => name));
  expect(used.toSorted()).toEqual(Object.keys(TABLES).toSorted());
});
