import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import { reportInput } from "../../reports/report.ts";
import { HOSTILE } from "../helpers/hostile.ts";
import { hostileRun } from "../helpers/hostile-run.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const executablePath = process.env["CNIBENCH_CHROMIUM"] ?? "/usr/bin/chromium";
const installed = existsSync(executablePath);
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update", "--disable-sync"];

let browser: Browser;
let dir: string;
let sample: string;

beforeAll(async () => {
  if (!installed) return;
  dir = await mkdtemp(join(tmpdir(), "cnibench-report-"));
  sample = await write("sample", await reports.html.render([reportInput(sampleRun())]));
  browser = await chromium.launch({ executablePath, args: QUIET });
}, 60_000);

afterAll(async () => {
  if (!installed) return;
  await browser.close();
  await rm(dir, { recursive: true });
});

beforeEach((ctx) => {
  if (!installed) ctx.skip("chromium is not installed");
});

async function write(name: string, text: string): Promise<string> {
  const file = join(dir, `${name}.html`);
  await writeFile(file, text);
  return pathToFileURL(file).href;
}

/** Opens a page and hands it over with all that it complained of or asked for. */
async function opened(url: string, use: (page: Page, seen: { errors: string[]; requests: string[] }) => Promise<void>, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const seen = { errors: [] as string[], requests: [] as string[] };
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && seen.errors.push(message.text()));
    page.on("pageerror", (error) => seen.errors.push(error.message));
    page.on("request", (request) => seen.requests.push(request.url()));
    await page.goto(url);
    await use(page, seen);
  } finally {
    await context.close();
  }
}

const sideways = (page: Page) => page.evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`);

describe("the html report in a browser", () => {
  it("opens without an error and asks for nothing but itself", async () => {
    await opened(sample, async (_page, { errors, requests }) => {
      expect(errors).toEqual([]);
      expect(requests).toEqual([sample]);
    });
  });

  it("shows its charts, with and without scripts, in light and dark", async () => {
    for (const options of [{}, { javaScriptEnabled: false }, { colorScheme: "dark" as const }]) {
      await opened(
        sample,
        async (page) => {
          const charts = await page.locator("figure svg").all();
          expect(charts.length).toBeGreaterThan(15);
          for (const chart of charts) {
            const box = await chart.boundingBox();
            expect(box?.width).toBeGreaterThan(150);
            expect(box?.height).toBeGreaterThan(60);
          }
          for (const verdict of await page.locator("td .status").all()) expect((await verdict.boundingBox())?.x).toBeGreaterThan(0);
        },
        options,
      );
    }
  });

  it("sorts a table by the value of a column, inside each path", async () => {
    await opened(sample, async (page) => {
      const table = page.locator("table.sortable").first();
      const plugins = () => table.locator("tbody").nth(2).locator("th[scope=row]").allTextContents();
      expect(await plugins()).toEqual(["ptp", "bridge", "simplecni"]);
      await table.getByRole("button", { name: /^Median/ }).click();
      expect(await plugins()).toEqual(["simplecni", "bridge", "ptp"]);
      expect(await table.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("ascending");
    });
  });

  it("does not scroll sideways on a telephone", async () => {
    await opened(sample, async (page) => expect(await sideways(page)).toBe(0), { viewport: { width: 360, height: 740 } });
  });

  it("shows where the keyboard is", async () => {
    await opened(sample, async (page) => {
      for (let stop = 0; stop < 25; stop++) {
        await page.keyboard.press("Tab");
        const outline = await page.evaluate(`getComputedStyle(document.activeElement).outlineStyle + " " + getComputedStyle(document.activeElement).outlineWidth`);
        expect(outline).toBe("solid 3px");
      }
    });
  });

  it.each(HOSTILE)("runs nothing of %j, and stays as wide as the screen", async (text) => {
    const page = await reports.html.render([reportInput(hostileRun(text))]);
    // Without its policy the page must be safe as well: the policy is the second wall, not the first.
    const open = page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
    for (const [name, content] of [["hostile", page], ["hostile-open", open]] as const) {
      await opened(
        await write(name, content),
        async (tab, { errors, requests }) => {
          expect(await tab.evaluate(`window.hacked`)).toBeUndefined();
          expect(errors).toEqual([]);
          expect(requests).toHaveLength(1);
          expect(await sideways(tab)).toBe(0);
          expect(await tab.locator("#method").isVisible()).toBe(true);
        },
        { viewport: { width: 360, height: 740 } },
      );
    }
  });
});
