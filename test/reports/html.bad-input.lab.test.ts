/** Pages of runs that are odd in one way render everywhere, and say what is missing. */
import axe from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import { reportInput } from "../../reports/report.ts";
import { horizontalOverflow, unfold, useBrowser } from "../helpers/browser.ts";
import { oddRuns } from "../helpers/odd-runs.ts";

const { write, withPage } = useBrowser();

/** Texts that say what is missing. */
const EXPLANATIONS: Readonly<Record<string, RegExp>> = {
  "no cell": /no measured question/i,
  "only failures": /cells of \d+ failed and have no value/,
  "one sample": /too few blocks/i,
};

const WINDOWS = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

/** Returns the serious and critical findings of axe-core. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>(
    `axe.run(document, { resultTypes: ["violations"], elementRef: false })`,
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.slice(0, 2).map(({ html }) => `${id}: ${html}`));
}

describe("the html report of a run with", () => {
  it.each(Object.entries(oddRuns()))("%s", async (name, run) => {
    const url = await write(name.replaceAll(" ", "-"), await reports.html.render([reportInput(run)]));
    await withPage(
      url,
      async (page, { errors, requests }) => {
        expect(await page.locator("h1").isVisible()).toBe(true);
        const text = await page.locator("main").innerText();
        if (EXPLANATIONS[name] !== undefined) expect(text).toMatch(EXPLANATIONS[name]);
        expect(text).not.toMatch(/\b(?:undefined|NaN|null|Infinity)\b|\[object /);
        await unfold(page);
        for (const window of WINDOWS) {
          await page.setViewportSize(window);
          expect(await horizontalOverflow(page), `${window.width} px`).toBe(0);
        }
        expect(await findings(page)).toEqual([]);
        expect(errors).toEqual([]);
        expect(requests).toEqual([url]);
      },
      { viewport: WINDOWS[0] ?? null },
    );
  });
});
