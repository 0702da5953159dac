import { describe, expect, test } from "vitest";
import { comparisonHtml } from "../../../reports/run-comparison/html.ts";
import type { RunComparison } from "../../../results/run-comparison/run-comparison.ts";
import { expectHarmless, horizontalOverflow, useBrowser } from "../../helpers/browser.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import {
  comparedCell,
  failingClause,
  hostileComparison,
  improvedCell,
  REGRESSION,
  sampleComparison,
  uncomparedCell,
} from "../../helpers/sample-comparison.ts";

const pages = useBrowser();
const render = (comparison: RunComparison) => comparisonHtml(comparison, { all: false, failOn: [] });
const sample = render(
  sampleComparison(
    [
      comparedCell({ ...REGRESSION, family: "headline" }),
      comparedCell({ ...REGRESSION, metric: "pod-ready-time", estimate: 1.2 }),
      improvedCell(),
      comparedCell({ metric: "check-time" }),
    ],
    {
      facts: [{ fact: "kernel", base: "6.1.0", head: "6.2.0" }],
      uncompared: [uncomparedCell("no CHECK before 0.4.0")],
      clauses: [failingClause({ reproduce: `printf %s '${"x".repeat(200)}' | env CNI_COMMAND=DEL /bin/bridge` })],
    },
  ),
);

describe("the page of a comparison in a browser", () => {
  test.each(["light", "dark"] as const)(
    "opens without errors, requests nothing else and fits a phone, %s",
    async (colorScheme) => {
      const url = await pages.write(`comparison-${colorScheme}`, sample);
      await pages.withPage(
        url,
        async (page, { errors, requests }) => {
          expect(errors).toEqual([]);
          expect(requests).toEqual([url]);
          expect(await horizontalOverflow(page)).toBe(0);
          const paper = await page.evaluate(`getComputedStyle(document.body).backgroundColor`);
          expect(paper).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 23, 26)");
          const titles = await page.locator("main h2").allInnerTexts();
          expect(titles.map((title) => title.trim())).toEqual([
            "Differing facts",
            "Newly failing MUST and derived clauses, not confirmed 1",
            "Suspected regressions, not confirmed 2",
            "Improvements 1",
            "No change beyond the threshold 1",
            "How far these numbers can be trusted",
            "Cells and checks that were not compared",
          ]);
        },
        { viewport: { width: 360, height: 740 }, colorScheme },
      );
    },
  );

  test("sorts a table by the change", async () => {
    await pages.withPage(await pages.write("comparison-sorted", sample), async (page) => {
      const table = page.locator("table", { hasText: "add-time" }).first();
      const first = () => table.locator("tbody tr th").first().textContent();
      expect(await first()).toContain("add-time");
      await table.getByRole("button", { name: "Change" }).click();
      await table.getByRole("button", { name: "Change" }).click();
      expect(await first()).toContain("pod-ready-time");
    });
  });

  test.each(HOSTILE_STRINGS)("runs no script from %j", async (text) => {
    await expectHarmless(pages, render(hostileComparison(text)));
  });
});
