/** The report of the first command in the README: its size, and what is visible before anyone scrolls or unfolds. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import { reportInput } from "../../reports/report.ts";
import { horizontalOverflow, useBrowser } from "../helpers/browser.ts";
import { quickRun } from "../helpers/quick-run.ts";

const { write, withPage } = useBrowser();

let url: string;
beforeAll(async () => {
  url = await write("quick", await reports.html.render([reportInput(quickRun())]));
});

/** Returns where an element of the summary ends, px from the top of the page. */
async function bottom(page: Page, selector: string): Promise<number> {
  const box = await page.locator(`#overview ${selector}`).first().boundingBox();
  return box === null ? Infinity : box.y + box.height;
}

describe("the report of the first command in the README", () => {
  it("has at most 1 MB", async () => {
    expect((await readFile(fileURLToPath(url))).length).toBeLessThan(1e6);
  });

  it("is at most 5,000 px tall, and its first screen has the answers and the table of all plugins", async () => {
    const viewport = { width: 1280, height: 800 };
    await withPage(
      url,
      async (page) => {
        expect(await page.evaluate(`document.documentElement.scrollHeight`)).toBeLessThanOrEqual(5000);
        expect(await page.locator("#overview .headlines li").count()).toBe(4);
        for (const selector of [".headlines", "table"])
          expect(await bottom(page, selector), selector).toBeLessThanOrEqual(viewport.height);
      },
      { viewport },
    );
  });

  it("answers two questions on the first screen of a phone", async () => {
    const viewport = { width: 390, height: 844 };
    await withPage(
      url,
      async (page) => {
        expect(await bottom(page, ".headlines li:nth-child(2)")).toBeLessThanOrEqual(viewport.height);
        expect(await horizontalOverflow(page)).toBe(0);
      },
      { viewport },
    );
  });
});
