/** The conformance page, as text. */
import { expect, test } from "vitest";
import { conformanceReports } from "../../../reports/conformance/index.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
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
  expect(page.match(/<section id="clauses">[^]*?<\/table>/)?.[0].match(/<tr id=/g)).toHaveLength(7);
});

test.each(HOSTILE_STRINGS)("does not turn external text into markup: %j", (text) => {
  const bare = conformanceReports
    .html([sampleConformance(text, text)])
    .replace(/<style>.*?<\/style>|<script>.*?<\/script>/gs, "")
    .replace(/="[^"]*"/g, "");
  expect(bare.match(/<script|<img|<svg|<\/style|<[^>]*\son[a-z]+\b/i)).toBeNull();
  expect(bare.match(/[\u0000\u0007\u001b\u202e]/)).toBeNull();
});
