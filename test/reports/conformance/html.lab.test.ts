import { beforeAll, describe, expect, test } from "vitest";
import { conformanceReports } from "../../../reports/conformance/index.ts";
import { horizontalOverflow, expectHarmless, useBrowser } from "../../helpers/browser.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import { sampleConformance } from "../../helpers/sample-conformance.ts";

const pages = useBrowser();
const { write, withPage: opened } = pages;

let sample: string;
beforeAll(async () => {
  sample = await write("conformance", conformanceReports.html([sampleConformance(), sampleConformance("ptp")]));
});

describe("the conformance page in a browser", () => {
  test("opens without errors, requests nothing else and fits a phone screen", async () => {
    await opened(
      sample,
      async (page, { errors, requests }) => {
        expect(errors).toEqual([]);
        expect(requests).toEqual([sample]);
        expect(await horizontalOverflow(page)).toBe(0);
      },
      { viewport: { width: 360, height: 740 } },
    );
  });

  test("filters clauses by level, status and text", async () => {
    await opened(sample, async (page) => {
      const shown = () =>
        page
          .locator("#clauses tbody tr:visible")
          .evaluateAll((rows) => (rows as unknown as { id: string }[]).map(({ id }) => id));
      expect(await shown()).toEqual([]);
      const line = page.getByRole("searchbox", { name: "Filter" });
      await line.fill("status:fail");
      expect(await shown()).toEqual(["add.up", "add.netns.self", "check.tamper.route-gw", "version.echo"]);
      await line.fill("status:fail level:MUST");
      expect(await shown()).toEqual(["add.up", "version.echo"]);
      await line.fill('status:fail level:MUST "OF ADD.UP"');
      expect(await shown()).toEqual(["add.up"]);
      expect(await page.locator(".toolbar output").innerText()).toBe("1 of 7 rows");
    });
  });

  test("shows only clauses with different results on demand, without a script", async () => {
    await opened(
      sample,
      async (page) => {
        const shown = page.locator("#clauses tbody tr:visible");
        expect(await shown.count()).toBe(0);
        await page.getByLabel("Only clauses with different results").check();
        expect(await shown.count()).toBe(1);
        expect(await shown.getAttribute("id")).toBe("add.up");
      },
      { javaScriptEnabled: false },
    );
  });

  test("a failure links to its expanded deviation with the lines that reproduce it", async () => {
    await opened(sample, async (page) => {
      await page.locator("#clauses summary").first().click();
      await page
        .locator("tr", { has: page.locator('a[href="#add.up"]') })
        .getByRole("link", { name: "FAIL" })
        .first()
        .click();
      expect(new URL(page.url()).hash).toBe("#why-add.up?open=clauses-add.1");
      expect(await page.locator("#why-add\\.up pre.copy").first().textContent()).toContain("CNI_COMMAND=ADD");
      expect(await page.locator("#why-add\\.up pre.copy").first().isVisible()).toBe(true);
    });
  });

  test("is complete without scripts, including permalinks", async () => {
    await opened(
      `${sample}#del.same-cid`,
      async (page) => {
        expect(await page.locator("#clauses tbody tr").count()).toBe(7);
        expect(await page.locator("#del\\.same-cid").isVisible()).toBe(true);
        expect((await page.locator("#del\\.same-cid").boundingBox())?.y).toBeLessThan(720);
        await page.locator("#why-add\\.up summary").first().click();
        expect(await page.locator("#why-add\\.up pre.copy").first().isVisible()).toBe(true);
      },
      { javaScriptEnabled: false },
    );
  });

  test.each(HOSTILE_STRINGS)("runs no script from %j", async (text) => {
    await expectHarmless(pages, conformanceReports.html([sampleConformance(text, text)]));
  });
});
