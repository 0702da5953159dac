/** Opens pages in a real Chromium. Skips the tests that use it if Chromium is not installed. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { findChromium, launchChromium } from "../../bench/chromium.ts";

/** Errors and requests of a page. */
export interface PageLog {
  readonly errors: string[];
  readonly requests: string[];
}

export interface Pages {
  /** Stores a page. @returns its URL */
  readonly write: (name: string, text: string) => Promise<string>;
  /** Opens a URL in a new browser context and passes the page to `use`. */
  readonly withPage: (
    url: string,
    use: (page: Page, log: PageLog) => Promise<void>,
    options?: BrowserContextOptions,
  ) => Promise<void>;
}

/** Starts one browser for all tests of a file. */
export function useBrowser(): Pages {
  const chromium = findChromium(process.env);
  const installed = chromium !== null;
  let browser: Browser;
  let dir: string;
  beforeAll(async () => {
    if (chromium === null) return;
    dir = await mkdtemp(join(tmpdir(), "cnibench-report-"));
    browser = await launchChromium(chromium);
  }, 60_000);
  afterAll(async () => {
    if (!installed) return;
    await browser.close();
    await rm(dir, { recursive: true });
  });
  beforeEach((ctx) => {
    if (!installed) ctx.skip("chromium is not installed");
  });
  return {
    write: async (name, text) => {
      const file = join(dir, `${name}.html`);
      await writeFile(file, text);
      return pathToFileURL(file).href;
    },
    withPage: async (url, use, options = {}) => {
      const context = await browser.newContext(options);
      try {
        const page = await context.newPage();
        const log: PageLog = { errors: [], requests: [] };
        page.on(
          "console",
          (message) => ["error", "warning"].includes(message.type()) && log.errors.push(message.text()),
        );
        page.on("pageerror", (error) => log.errors.push(error.message));
        page.on("request", (request) => log.requests.push(request.url()));
        await page.goto(url);
        await use(page, log);
      } finally {
        await context.close();
      }
    },
  };
}

/** Returns by how many pixels a page is wider than its window. */
export const horizontalOverflow = (page: Page): Promise<number> =>
  page.evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`);

/** Opens everything that a page folds. */
export const unfold = (page: Page): Promise<void> =>
  page.evaluate(`for (const details of document.querySelectorAll("details")) details.open = true`);

/**
 * Checks that a page with hostile strings runs no script and fits a phone screen, with its Content Security Policy
 * and without it: the policy is only the second line of defense.
 */
export async function expectHarmless(
  { write, withPage }: Pages,
  page: string,
  checkMore: (tab: Page) => Promise<void> = async () => {},
): Promise<void> {
  for (const [name, content] of [
    ["hostile", page],
    ["hostile-open", withoutPolicy(page)],
  ] as const) {
    await withPage(
      await write(name, content),
      async (tab, { errors, requests }) => {
        expect(await tab.evaluate(`window.hacked`)).toBeUndefined();
        expect(errors).toEqual([]);
        expect(requests).toHaveLength(1);
        expect(await horizontalOverflow(tab)).toBe(0);
        await checkMore(tab);
      },
      { viewport: { width: 360, height: 740 } },
    );
  }
}

function withoutPolicy(page: string): string {
  return page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
}
