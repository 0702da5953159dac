/** Checks pages with axe-core, which knows the rules of WCAG 2.2 that a program can check. */
import axe from "axe-core";
import type { BrowserContextOptions } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { conformanceReports } from "../../reports/conformance/index.ts";
import { reports } from "../../reports/index.ts";
import { useBrowser } from "../helpers/browser.ts";
import { sampleConformance } from "../helpers/sample-conformance.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";

const { write, withPage } = useBrowser();

interface Result {
  readonly violations: readonly { readonly id: string; readonly impact: string; readonly nodes: readonly Node[] }[];
  readonly passes: readonly unknown[];
}

interface Node {
  readonly html: string;
  readonly failureSummary: string;
}

let report: string;
let conformance: string;
beforeAll(async () => {
  report = await write("accessible", await reports.html.render([inputOf(sampleRun({ failure: "no route" }))]));
  conformance = await write("accessible-conformance", conformanceReports.html([sampleConformance()]));
});

/** Returns the serious and critical findings in a page with everything unfolded. */
async function findings(url: string, options: BrowserContextOptions): Promise<string[]> {
  const found: string[] = [];
  await withPage(
    url,
    async (page) => {
      await page.evaluate(`for (const details of document.querySelectorAll("details")) details.open = true`);
      await page.evaluate(axe.source);
      const { violations, passes } = await page.evaluate<Result>(
        `axe.run(document, { resultTypes: ["violations"], elementRef: false })`,
      );
      expect(passes.length).toBeGreaterThan(15);
      for (const { id, impact, nodes } of violations.filter((each) => ["serious", "critical"].includes(each.impact)))
        found.push(
          ...nodes.map((node) => `${id} (${impact}): ${node.html.replace(/\s+/g, " ")}: ${node.failureSummary}`),
        );
    },
    options,
  );
  return found.slice(0, 5);
}

const SETTINGS: readonly (readonly [string, BrowserContextOptions])[] = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["phone", { viewport: { width: 360, height: 740 } }],
];

describe("axe-core finds nothing serious or critical", () => {
  it.each(SETTINGS)("in a report, %s", async (_name, options) => expect(await findings(report, options)).toEqual([]));

  it("in a conformance report", async () => expect(await findings(conformance, { colorScheme: "dark" })).toEqual([]));
});
