import { readFile } from "node:fs/promises";
import type { BrowserContextOptions, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { reports } from "../../../reports/index.ts";
import { embeddedRuns } from "../../../reports/html/embedded.ts";
import { useBrowser, type PageLog } from "../../helpers/browser.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import { hostileRun } from "../../helpers/hostile-run.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const pages = useBrowser();
const sample = inputOf(sampleRun({ failure: "netperf: connection refused" }));

let url: string;
let text: string;
beforeAll(async () => {
  text = await reports.html.render([sample]);
  url = await pages.write("script", text);
});

/** Opens the sample with a hash, and expects no error and no request but that of the page. */
async function opened(hash: string, use: (page: Page) => Promise<void>, options?: BrowserContextOptions) {
  await pages.withPage(
    `${url}${hash}`,
    async (page, log: PageLog) => {
      await use(page);
      expect(log.errors).toEqual([]);
      expect(new Set(log.requests.map((request) => request.replace(/#.*/, "")))).toEqual(new Set([url]));
    },
    options,
  );
}

const ROWS = "tr[data-metric]";
const line = (page: Page) => page.getByRole("searchbox", { name: "Filter" });
const hashOf = (page: Page) => decodeURIComponent(new URL(page.url()).hash);

/** Returns an attribute of all rows that the filter does not hide, also if they are folded. */
function shown(page: Page, attribute: string): Promise<(string | null)[]> {
  return page
    .locator(`${ROWS}:not([hidden])`)
    .evaluateAll(
      (rows, name) =>
        (rows as unknown as { getAttribute(name: string): string | null }[]).map((row) => row.getAttribute(name)),
      attribute,
    );
}

describe("the filter line of a page", () => {
  it("hides other rows, views and sections, and counts the rows", async () => {
    await opened("", async (page) => {
      const total = await page.locator(`${ROWS}, tr[data-level]`).count();
      expect(total).toBeGreaterThan(40);
      await line(page).fill("plugin:ptp metric:latency !path:same");
      const plugins = await shown(page, "data-plugin");
      expect(new Set(plugins)).toEqual(new Set(["ptp"]));
      expect(new Set(await shown(page, "data-path"))).toEqual(new Set(["cross-node"]));
      for (const metric of await shown(page, "data-metric")) expect(metric).toContain("latency");
      await expect.poll(() => page.locator(".toolbar output").innerText()).toBe(`${plugins.length} of ${total} rows`);
      expect(await page.locator("main article:visible").count()).toBe(plugins.length);
      expect(await page.locator("main section:not(.first-screen):visible").count()).toBe(1);
      expect(await page.locator(".first-screen .notes").isVisible()).toBe(true);
      for (const row of await page.locator(`${ROWS}:not([hidden])`).all()) expect(await row.isVisible()).toBe(true);
      await line(page).fill("");
      expect(await page.locator("[hidden]:not(data, [data-ref])").count()).toBe(0);
    });
  });

  it("takes several values of a key as alternatives", async () => {
    await opened("#?q=plugin:ptp,simplecni%20metric:throughput%20path:cross", async (page) => {
      expect((await shown(page, "data-plugin")).sort()).toEqual(["ptp", "simplecni"]);
      expect(await line(page).inputValue()).toBe("plugin:ptp,simplecni metric:throughput path:cross");
    });
  });

  it("finds the views of a scenario and of a metric", async () => {
    const isVisible = (page: Page, id: string) => page.locator(`#${id}`).isVisible();
    await opened("#?q=scenario:rr-1%20metric:latency", async (page) => {
      expect(await isVisible(page, "v-rr-1-percentiles")).toBe(true);
      expect(await isVisible(page, "v-pods-lifecycle")).toBe(false);
    });
    await opened("#?q=scenario:pods", async (page) => {
      expect(await isVisible(page, "v-rr-1-percentiles")).toBe(false);
      expect(await isVisible(page, "v-pods-lifecycle")).toBe(true);
    });
  });

  it("finds failed cells by their state and their error", async () => {
    for (const query of ["state:failed", '"connection refused"'])
      await opened(`#?q=${encodeURIComponent(query)}`, async (page) => {
        const states = await shown(page, "data-state");
        expect(states.length).toBeGreaterThan(0);
        expect(new Set(states)).toEqual(new Set(["failed"]));
      });
  });

  it("finds nothing without an error, and shows everything again", async () => {
    await opened("#?q=plugin:none", async (page) => {
      expect(await shown(page, "data-plugin")).toEqual([]);
      await line(page).press("Escape");
      expect(hashOf(page)).toBe("");
      expect((await shown(page, "data-plugin")).length).toBeGreaterThan(0);
    });
  });

  it("finds the rows of a plugin with a hostile name", async () => {
    const run = hostileRun(HOSTILE_STRINGS.join(" "));
    const target = await pages.write("hostile-filter", await reports.html.render([inputOf(run)]));
    await pages.withPage(target, async (page, { errors }) => {
      const plugins = new Set(await shown(page, "data-plugin"));
      const stored = [...plugins].find((plugin) => !["bridge", "ptp", "host"].includes(plugin ?? "")) ?? "";
      expect(stored.length).toBeGreaterThan(10);
      const [longest = ""] = stored.split('"').sort((a, b) => b.length - a.length);
      await line(page).fill(`plugin:"${longest}"`);
      expect(new Set(await shown(page, "data-plugin"))).toEqual(new Set([stored]));
      await page.reload();
      expect(new Set(await shown(page, "data-plugin"))).toEqual(new Set([stored]));
      expect(await page.evaluate(`window.hacked`)).toBeUndefined();
      expect(errors).toEqual([]);
    });
  });
});

describe("the heat table", () => {
  const cells = (page: Page) => page.locator(".heat td[data-metric]:visible:not(.is-out)");

  it("shows the cells that the filter finds, and their rows and columns", async () => {
    await opened("#?q=plugin:ptp,simplecni%20metric%3Dthroughput%20path:cross", async (page) => {
      expect(await cells(page).count()).toBe(2);
      expect(await page.locator(".heat tbody tr:visible").count()).toBe(2);
      expect(await page.locator(".heat th[data-column]:visible").count()).toBe(1);
      await line(page).fill("verdict:better");
      await line(page).fill("verdict:worse");
      const verdicts = await cells(page).evaluateAll((all) =>
        (all as unknown as { dataset: { verdict: string } }[]).map(({ dataset }) => dataset.verdict),
      );
      expect(new Set(verdicts)).toEqual(new Set(["worse"]));
      await line(page).fill("");
      expect(await page.locator(".heat .is-out, .heat [hidden]:not([data-ref])").count()).toBe(0);
    });
  });

  it("has a link to each cell, which ends a filter that hides it", async () => {
    await opened("#?q=plugin:bridge", async (page) => {
      const cell = page.locator(".heat td[data-plugin=ptp]").first();
      const id = (await cell.getAttribute("id")) ?? "";
      await page.evaluate(`location.hash = ${JSON.stringify(id)}`);
      await expect.poll(() => cell.isVisible()).toBe(true);
      expect(hashOf(page)).toBe(`#${id}`);
      expect(await page.locator(`#${id}.is-target`).count()).toBe(1);
    });
  });
});

describe("the choice of the reference", () => {
  const row = (page: Page) => page.locator("#r-tcp-1-throughput-cross-node-ptp");

  it("changes answers, tables, views and verdicts", async () => {
    await opened("", async (page) => {
      const answer = page.locator(".headlines .answer").first();
      const before = await answer.innerText();
      await page.getByLabel("Compare with").selectOption("simplecni");
      expect(hashOf(page)).toBe("#?base=simplecni");
      expect(await answer.innerText()).toContain("simplecni");
      expect(await row(page).getAttribute("data-verdict")).toBe("better");
      const view = page.locator("#v-tcp-1-throughput .views");
      expect(await view.locator("input:checked").getAttribute("data-compares")).toBe("plugins");
      expect(await view.locator("label:has(:checked)").innerText()).toContain("Compared with simplecni");
      expect(await view.locator("[data-refs] figure:visible svg").getAttribute("aria-label")).toContain(
        "with simplecni",
      );
      await line(page).fill("verdict:better");
      expect(await row(page).isHidden()).toBe(false);
      expect(await page.locator(".heat td.is-out[data-verdict=better]").count()).toBe(0);
      await page.getByLabel("Compare with").selectOption("host");
      expect(await view.locator("input:checked").getAttribute("data-compares")).toBe("host");
      expect(await answer.innerText()).toContain("ratio to host");
      await page.getByLabel("Compare with").selectOption("best");
      await line(page).fill("");
      expect(await answer.innerText()).toBe(before);
      expect(await view.locator("input:checked").getAttribute("value")).toBe("1");
    });
  });
});

describe("a reference that the page does not have", () => {
  it("is replaced by the best median", async () => {
    await opened("#?base=calico&theme=purple", async (page) => {
      expect(await page.getByLabel("Compare with").inputValue()).toBe("best");
      expect(await page.getByLabel("Theme").inputValue()).toBe("");
      expect(await page.locator("#v-tcp-1-throughput .views input:checked").getAttribute("value")).toBe("1");
    });
  });
});

describe("the address of a page", () => {
  it("contains the filter, and the back button restores the previous view", async () => {
    await opened("", async (page) => {
      const total = await page.locator(ROWS).count();
      await line(page).pressSequentially("plugin:ptp");
      await line(page).press("Enter");
      expect(hashOf(page)).toBe("#?q=plugin:ptp");
      const found = (await shown(page, "data-plugin")).length;
      await line(page).pressSequentially(" path:cross");
      expect((await shown(page, "data-plugin")).length).toBeLessThan(found);
      await page.goBack();
      expect(hashOf(page)).toBe("#?q=plugin:ptp");
      expect(await shown(page, "data-plugin")).toHaveLength(found);
      await page.goBack();
      expect(await line(page).inputValue()).toBe("");
      expect(await shown(page, "data-plugin")).toHaveLength(total);
      await page.goForward();
      expect(await line(page).inputValue()).toBe("plugin:ptp");
    });
  });

  it("opens the details around a row, also if another filter was active", async () => {
    const row = `${ROWS}[data-plugin=bridge][data-metric=latency-p99][data-path=cross-node]`;
    let id = "";
    await opened("", async (page) => {
      expect(await page.locator(row).isVisible()).toBe(false);
      id = (await page.locator(row).getAttribute("id")) ?? "";
    });
    expect(id).not.toBe("");
    await opened(`#${id}`, async (page) => {
      expect(await page.locator(row).isVisible()).toBe(true);
      await expect.poll(async () => (await page.locator(row).boundingBox())?.y).toBeLessThan(800);
      expect(await page.locator(`${row}.is-target`).count()).toBe(1);
    });
    await opened("#?q=plugin:ptp&sort=-median", async (page) => {
      await page.evaluate(`location.hash = ${JSON.stringify(id)}`);
      await expect.poll(() => page.locator(row).isVisible()).toBe(true);
      expect(hashOf(page)).toBe(`#${id}?sort=-median`);
    });
  });

  it("restores what a reader folded", async () => {
    await opened("", async (page) => {
      const folded = page.locator("main details:not([open])").first();
      await folded.locator("summary").first().click();
      expect(hashOf(page)).toMatch(/^#\?open=[^,]+$/);
      const open = await page.locator("main details[open]").count();
      await page.reload();
      expect(await page.locator("main details[open]").count()).toBe(open);
    });
  });
});

describe("the tables of a page", () => {
  it("are sorted by a column, as the address says", async () => {
    await opened(`#?sort=-median&q=metric%3Dthroughput%20path:cross`, async (page) => {
      const values = () =>
        page
          .locator(`${ROWS}:not([hidden]) td:nth-of-type(2)`)
          .evaluateAll((cells) =>
            (cells as unknown as { dataset: { value: string } }[]).map(({ dataset }) => Number(dataset.value)),
          );
      const descending = await values();
      expect(descending.length).toBe(3);
      expect(descending).toEqual([...descending].sort((a, b) => b - a));
      await page.locator("th[aria-sort] button:visible").first().click();
      expect(hashOf(page)).not.toContain("sort");
      await page
        .getByRole("button", { name: /^Median/ })
        .first()
        .click();
      expect(hashOf(page)).toContain("sort=median");
      expect(await values()).toEqual([...descending].reverse());
    });
  });
});

describe("the order of a table with several references", () => {
  it("is that of the shown comparison, also after another choice", async () => {
    const sort = "sort=compared-with-best-median";
    await opened(`#?base=bridge&${sort}&q=metric%3Dthroughput%20path:cross`, async (page) => {
      const order = () =>
        page
          .locator("#v-tcp-1-throughput tr[data-metric]:not([hidden])")
          .evaluateAll((rows) =>
            (rows as unknown as { dataset: { plugin: string } }[]).map(({ dataset }) => dataset.plugin),
          );
      const shown = () =>
        page
          .locator("#v-tcp-1-throughput tr[data-metric]:not([hidden]) [data-ref]:not([hidden])[data-value]")
          .evaluateAll((cells) =>
            (cells as unknown as { dataset: { value: string } }[]).map(({ dataset }) => Number(dataset.value)),
          );
      for (const reference of ["bridge", "simplecni", "host"]) {
        await page.getByLabel("Compare with").selectOption(reference);
        expect(await order()).toHaveLength(3);
        expect(await shown()).toEqual((await shown()).sort((a, b) => a - b));
      }
    });
  });
});

describe("a page of several runs", () => {
  it("keeps the titles of runs above their columns when a filter hides some", async () => {
    const several = await pages.write("several", await reports.html.render([sample, inputOf(sampleRun({ seed: 2 }))]));
    await pages.withPage(`${several}#?q=metric%3Dthroughput`, async (page, { errors }) => {
      const spans = await page
        .locator(".heat thead th[scope=colgroup]")
        .evaluateAll((heads) => (heads as unknown as { colSpan: number }[]).map(({ colSpan }) => colSpan));
      const shownColumns = await page.locator(".heat thead tr:nth-child(2) th:visible").count();
      expect(spans.reduce((sum, span) => sum + span, 0)).toBe(shownColumns);
      await page.getByRole("searchbox", { name: "Filter" }).fill("");
      expect(await page.locator(".heat thead tr:nth-child(2) th:visible").count()).toBeGreaterThan(shownColumns);
      expect(errors).toEqual([]);
    });
  });
});

describe("the keyboard", () => {
  it("goes to the filter, clears it, moves between views and shows the help", async () => {
    await opened("", async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("metric:throughput j?/");
      expect(await line(page).inputValue()).toBe("metric:throughput j?/");
      await page.keyboard.press("Escape");
      expect(await line(page).inputValue()).toBe("");
      await line(page).blur();
      const focused = () => page.evaluate(`document.activeElement.id`);
      const views = await page
        .locator("main article:visible")
        .evaluateAll((all) => (all as unknown as { id: string }[]).map(({ id }) => id));
      await page.keyboard.press("j");
      expect(await focused()).toBe(views[0]);
      await page.keyboard.press("j");
      expect(await focused()).toBe(views[1]);
      await page.keyboard.press("k");
      expect(await focused()).toBe(views[0]);
      await page.keyboard.press("?");
      expect(await page.getByRole("dialog").isVisible()).toBe(true);
      await page.getByLabel("Keyboard shortcuts").uncheck();
      await page.keyboard.press("Escape");
      expect(await page.getByRole("dialog").isVisible()).toBe(false);
      expect(hashOf(page)).toBe("#?keys=off");
      await page.keyboard.press("?");
      expect(await page.getByRole("dialog").isVisible()).toBe(false);
    });
  });
});

describe("the theme and the language", () => {
  it("follow the system and the choice of the reader", async () => {
    const paper = (page: Page) => page.evaluate(`getComputedStyle(document.body).backgroundColor`);
    await opened("", async (page) => {
      expect(await paper(page)).toBe("rgb(255, 255, 255)");
      await page.getByLabel("Theme").selectOption("dark");
      expect(await paper(page)).toBe("rgb(20, 23, 26)");
      await page.reload();
      expect(await paper(page)).toBe("rgb(20, 23, 26)");
    });
    await opened("#?theme=light", async (page) => expect(await paper(page)).toBe("rgb(255, 255, 255)"), {
      colorScheme: "dark",
    });
  });

  it("are switched without a request", async () => {
    await opened("", async (page) => {
      const displays = await page.evaluate(
        `[...document.querySelectorAll("select[name=lang] option")].map((option) => getComputedStyle(option).display)`,
      );
      expect(displays).toEqual(["block", "block"]);
      await page.getByLabel("Language").selectOption("zh");
      expect(hashOf(page)).toBe("#?lang=zh");
      expect(await page.locator("html").getAttribute("lang")).toBe("zh");
      expect(await page.locator(".toolbar output").innerText()).toMatch(/^\d+ 行$/);
      expect(await page.locator(".toolbar input").getAttribute("placeholder")).toContain("文本");
    });
  });
});

describe("the data of a page", () => {
  it("is downloaded exactly as it is stored", async () => {
    await opened("#commands", async (page) => {
      const download = async (name: string) => {
        const button = page.getByRole("button", { name });
        const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
        return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
      };
      const json = await download("Download JSON");
      expect(json.text).toBe(embeddedRuns(text, "page")[0]?.text);
      expect(json.name).toMatch(/^cnibench-[\w.-]+\.json$/);
      const csv = await download("Download CSV");
      expect(csv.text).toBe(await reports.csv.render([sample]));
    });
  });

  it("has a button that copies each command", async () => {
    await opened(
      "#commands",
      async (page) => {
        const command = page.locator("#commands pre.copy").first();
        await page.locator("#commands button.copying").first().click();
        await expect.poll(() => page.evaluate(`navigator.clipboard.readText()`)).toBe(await command.textContent());
      },
      { permissions: ["clipboard-read", "clipboard-write"] },
    );
  });

  it("selects a command if the page has no clipboard, as over plain HTTP", async () => {
    await opened("#commands", async (page) => {
      await page.evaluate(`Object.defineProperty(navigator, "clipboard", { value: undefined })`);
      const button = page.locator("#commands button.copying").first();
      await button.click();
      await expect.poll(() => button.innerText()).toBe("Selected");
      const command = await page.locator("#commands pre.copy").first().textContent();
      expect(await page.evaluate(`getSelection().toString().trim()`)).toBe(command?.trim());
    });
  });
});

describe("a page without scripts", () => {
  it("has all rows and no controls", async () => {
    await opened(
      "#?q=plugin:ptp",
      async (page) => {
        expect(await page.locator(`${ROWS}[hidden]`).count()).toBe(0);
        expect(await page.locator(".toolbar, button.copying, dialog").count()).toBe(0);
      },
      { javaScriptEnabled: false },
    );
  });
});

describe("printing", () => {
  it("is light, also in the dark theme", async () => {
    await opened("#?theme=dark", async (page) => {
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      const colors = await page.evaluate(
        `[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]`,
      );
      expect(colors).toEqual(["rgb(255, 255, 255)", "rgb(0, 0, 0)"]);
    });
  });

  it("opens all details and closes them afterwards", async () => {
    await opened("", async (page) => {
      const open = () => page.locator("main details[open]").count();
      const before = await open();
      await page.evaluate(`dispatchEvent(new Event("beforeprint"))`);
      expect(await open()).toBe(await page.locator("main details").count());
      await page.evaluate(`dispatchEvent(new Event("afterprint"))`);
      expect(await open()).toBe(before);
    });
  });
});
