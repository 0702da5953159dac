/** The section of the node pairs in the HTML report. */
import { expect, test } from "vitest";
import { pairSections } from "../../../reports/html/pairs-section.ts";
import { viewsOf } from "../../../reports/views/index.ts";
import { inputOf } from "../../helpers/sample-run.ts";
import { shownTexts } from "../../helpers/page-text.ts";
import { PAIRS_RUN, pair, withPairs } from "../../helpers/sample-pairs.ts";

test("a table lists the ten slowest pairs with escaped node names", async () => {
  const nodes = Array.from({ length: 5 }, (_, i) => `<b>${i}`);
  const all = nodes.flatMap((_, i) => nodes.flatMap((__, j) => (i === j ? [] : [pair(i, j, 1e9 + i * 10 + j)])));
  const input = inputOf({ run: PAIRS_RUN, records: [withPairs(1, nodes, ...all)], loadWarnings: [], commands: [] });
  const section = (await pairSections(viewsOf(input), "")).get("quick / tcp-1");
  expect(shownTexts(section?.text ?? "", "zh")).toContain("：20 个节点对中最慢的");
  expect(section?.text.match(/<tr>\s*<td>/g)).toHaveLength(10);
  expect(section?.text).toMatch(/<td><bdi>&#60;b&#62;0<\/bdi><\/td>\s*<td><bdi>&#60;b&#62;1<\/bdi><\/td>/);
  expect(section?.text).not.toContain("<b>");
});
