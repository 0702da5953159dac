/** The Chinese terms of docs/style.md, against the texts of the pages. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../core/paths.ts";

const CHINESE = /^## Chinese\n(.*?)^## /ms;
const ROW = /^\| [^|]+ \|([^|]+)\|([^|]*)\|$/gm;

const section = CHINESE.exec(readFileSync(join(packageRoot(), "docs/style.md"), "utf8"))?.[1] ?? "";
const rows = [...section.matchAll(ROW)].slice(1).map(([, terms = "", others = ""]) => ({
  terms: words(terms),
  others: words(others),
}));
const sources = ["reports", "core"].flatMap((dir) =>
  readdirSync(join(packageRoot(), dir), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|js)$/.test(name))
    .map((name) => ({ path: join(dir, name), text: readFileSync(join(packageRoot(), dir, name), "utf8") })),
);

function words(cell: string): string[] {
  return cell
    .split(/[、；]/)
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

test("each concept has one Chinese term", () => {
  const others = rows.flatMap((row) => row.others);
  expect(others.length).toBeGreaterThan(15);
  const used = sources.flatMap(({ path, text }) =>
    others.filter((word) => text.includes(word)).map((word) => `${path}: ${word}`),
  );
  expect(used).toEqual([]);
});

test("the pages use the terms of the table", () => {
  const terms = rows.flatMap((row) => row.terms);
  expect(terms.length).toBeGreaterThan(40);
  expect(terms.filter((term) => !sources.some(({ text }) => text.includes(term)))).toEqual([]);
});
