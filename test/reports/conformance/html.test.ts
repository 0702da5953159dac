/** The conformance page, as text. */
import { expect, test } from "vitest";
import { conformanceReports } from "../../../reports/conformance/index.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import { shownTexts } from "../../helpers/page-text.ts";
import { sampleConformance } from "../../helpers/sample-conformance.ts";

const two = [sampleConformance(), sampleConformance("ptp")];
const page = conformanceReports.html(two);

test("has a permalink for every clause, a target for every link and unique ids", () => {
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { clause } of sampleConformance().conformance) expect(ids).toContain(clause);
  for (const [, target] of page.matchAll(/\bhref="#([^"]*)"/g)) expect(ids).toContain(target);
  expect(page.match(/\b(src|srcset|action)=/i)).toBeNull();
});

test("has a column per plugin and version and the lines to reproduce a deviation", () => {
  expect(page).toContain(`<th scope="colgroup" colspan="2"><bdi>ptp</bdi></th>`);
  expect(page).toContain("env CNI_COMMAND=ADD /opt/cni/bin/ptp");
  expect(page).toContain("Requirement of add.up.");
  expect(page.match(/<section id="clauses">[^]*?<\/section>/)?.[0].match(/<tr id=/g)).toHaveLength(7);
});

test("folds the clauses by group, and marks those without different results for the switch", () => {
  const groups = [...page.matchAll(/<article id="clauses-(\w+)" (data-same)?>.*?<h3>(.*?)<\/h3>/gs)];
  expect(groups.map(([, name, same, title = ""]) => [name, same, shownTexts(title, "en").join(" ")])).toEqual([
    ["add", undefined, "add 3 clauses, 2 failed, 1 with different results"],
    ["check", "data-same", "check 1 clause, 1 failed"],
    ["version", "data-same", "version 1 clause, 1 failed"],
    ["del", "data-same", "del 1 clause, 1 failed"],
    ["ipam", "data-same", "ipam 1 clause"],
  ]);
  expect(page.match(/<tr id="[^"]*"[^>]*>/g)?.filter((row) => !row.includes("data-same"))).toEqual([
    expect.stringContaining('id="add.up"'),
  ]);
  expect(page).toContain("Only clauses with different results (1)");
});

test("opens in the language of the options and has all texts in Chinese", () => {
  expect(page).toContain('<html lang="en">');
  const chinese = conformanceReports.html(two, { language: "zh" });
  expect(chinese).toContain('<html lang="zh">');
  const names = /\b(CNI|MUST|SHOULD|Go|add|check|version|del|ipam|bridge|ptp|cnibench)\b/g;
  const english = (text: string) => /[a-zA-Z]{2}/.test(text.replaceAll(names, ""));
  expect(shownTexts(chinese, "zh", { ownOnly: true }).filter(english)).toEqual([]);
});

test.each(HOSTILE_STRINGS)("does not turn external text into markup: %j", (text) => {
  const bare = conformanceReports
    .html([sampleConformance(text, text)])
    .replace(/<style>.*?<\/style>|<script>.*?<\/script>/gs, "")
    .replace(/="[^"]*"/g, "");
  expect(bare.match(/<script|<img|<svg|<\/style|<[^>]*\son[a-z]+\b/i)).toBeNull();
  expect(bare.match(/[\u0000\u0007\u001b\u202e]/)).toBeNull();
});
