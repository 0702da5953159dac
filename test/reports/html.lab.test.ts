import { beforeAll, describe, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import type { Page } from "playwright-core";
import { horizontalOverflow, expectHarmless, unfold, useBrowser } from "../helpers/browser.ts";
import { HOSTILE_STRINGS } from "../helpers/hostile.ts";
import { hostileRun } from "../helpers/hostile-run.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";

const pages = useBrowser();
const { write, withPage: opened } = pages;

let sample: string;
beforeAll(async () => {
  sample = await write("sample", await reports.html.render([inputOf(sampleRun())]));
});

describe("the html report in a browser", () => {
  it("opens without errors and requests nothing else", async () => {
    await opened(sample, async (_page, { errors, requests }) => {
      expect(errors).toEqual([]);
      expect(requests).toEqual([sample]);
    });
  });

  it("shows its charts with and without scripts, in light and dark mode", async () => {
    for (const options of [{}, { javaScriptEnabled: false }, { colorScheme: "dark" as const }]) {
      await opened(
        sample,
        async (page) => {
          await unfold(page);
          const charts = await page.locator("figure svg").filter({ visible: true }).all();
          expect(charts.length).toBeGreaterThan(12);
          for (const chart of charts) {
            const box = await chart.boundingBox();
            expect(box?.width).toBeGreaterThan(150);
            expect(box?.height).toBeGreaterThan(60);
          }
          const verdicts = await page.locator("td .status").all();
          expect(verdicts.length).toBeGreaterThan(0);
          for (const verdict of verdicts) expect((await verdict.boundingBox())?.x).toBeGreaterThan(0);
        },
        options,
      );
    }
  });

  it("switches between the values of a metric, their ratio and the pairs of plugins, without a script", async () => {
    await opened(
      sample,
      async (page) => {
        const article = page.locator("#v-tcp-1-throughput");
        const shown = async (): Promise<(string | null)[]> => {
          const figures = await article.locator("figure").filter({ visible: true }).all();
          return Promise.all(figures.map((figure) => figure.getAttribute("id")));
        };
        expect(await shown()).toEqual(["v-tcp-1-throughput-view"]);
        await article.getByRole("radio", { name: "Ratio to host" }).check();
        expect(await shown()).toEqual(["v-tcp-1-throughput-ratio-view"]);
      },
      { javaScriptEnabled: false },
    );
  });

  it("sorts the rows of each path by the values of a column", async () => {
    await opened(sample, async (page) => {
      const table = page.locator("table.sortable").first();
      await unfold(page);
      const plugins = () => table.locator("tbody").nth(2).locator("th[scope=row] bdi").allTextContents();
      expect(await plugins()).toEqual(["ptp", "bridge", "simplecni"]);
      await table.getByRole("button", { name: /^Median/ }).click();
      expect(await plugins()).toEqual(["simplecni", "bridge", "ptp"]);
      expect(await table.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("ascending");
    });
  });

  it("does not scroll horizontally on a phone", async () => {
    const fits = async (page: Page): Promise<void> => {
      expect(await horizontalOverflow(page)).toBe(0);
      await unfold(page);
      expect(await horizontalOverflow(page)).toBe(0);
    };
    await opened(sample, fits, { viewport: { width: 360, height: 740 } });
  });

  it("is at most 5,000 px tall before anything is unfolded, and prints everything", async () => {
    await opened(
      sample,
      async (page) => {
        const height = () => page.evaluate<number>(`document.documentElement.scrollHeight`);
        const folded = await height();
        expect(folded).toBeLessThan(5000);
        await page.emulateMedia({ media: "print" });
        const hidden = await page.evaluate(
          `[...document.querySelectorAll("details tr")].filter((row) => row.offsetHeight === 0).length`,
        );
        expect(hidden).toBe(0);
        expect(await height()).toBeGreaterThan(folded);
      },
      { viewport: { width: 1280, height: 800 } },
    );
  });

  it("outlines the element with the keyboard focus", async () => {
    await opened(sample, async (page) => {
      for (let stop = 0; stop < 25; stop++) {
        await page.keyboard.press("Tab");
        const outline = await page.evaluate(
          `(({ outlineStyle, outlineWidth }) => outlineStyle + " " + outlineWidth)(
            getComputedStyle(document.activeElement),
          )`,
        );
        expect(outline).toBe("solid 3px");
      }
    });
  });

  it.each(HOSTILE_STRINGS)("runs no script from %j and stays as wide as the screen", async (text) => {
    const page = await reports.html.render([inputOf(hostileRun(text))]);
    await expectHarmless(pages, page, async (tab) => expect(await tab.locator("#method").isVisible()).toBe(true));
  });
});
