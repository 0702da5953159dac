/** Measures html reports: their size, the time to render them, and how fast they open and filter in a browser. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import type { Host } from "../core/host.ts";
import { makeTempDir } from "../core/temp-dir.ts";
import { median } from "../results/index.ts";
import { formatMs, notMeasured, targetResult, type Benchmark } from "./benchmark.ts";
import { findChromium, launchChromium } from "./chromium.ts";
import { costOf } from "./cost.ts";
import { writeStoredRun } from "./stored-run.ts";

/** Numbers of cells: about those of the suite `quick`, and three sizes that show how the time to render grows. */
const SIZES = { quick: 140, few: 240, many: 1000, most: 4000 } as const;
const BLOCKS = 9;
const LIMITS = {
  quick: { bytes: 1e6, openMs: 1000 },
  many: { bytes: 5e6, renderSeconds: 3, filterMs: 100 },
  /** Time per cell of `most`, relative to that of `many`. */
  growth: 1.2,
} as const;
const REPEATS = 5;
/** Filter lines that find everything, a part, and nothing. */
const QUERIES = ["plugin:bridge", "verdict:worse", "throughput", "nothing-matches", ""];

const NAME = "size and speed of html reports";
const TARGET =
  `${SIZES.quick} cells (as quick): at most ${LIMITS.quick.bytes / 1e6} MB, interactive within ` +
  `${LIMITS.quick.openMs / 1000} s; ${SIZES.many} cells: at most ${LIMITS.many.bytes / 1e6} MB, rendered within ` +
  `${LIMITS.many.renderSeconds} s, filtered within ${LIMITS.many.filterMs} ms; time per cell of ${SIZES.most} cells ` +
  `at most ${LIMITS.growth} times that of ${SIZES.many}`;

interface ReportFigures {
  readonly cells: number;
  readonly bytes: number;
  /** Time of the entire command, including the start of the program. */
  readonly seconds: number;
  readonly openMs: number;
  /** The slowest filter line. */
  readonly filterMs: number;
}

export async function benchReport(host: Host): Promise<Benchmark> {
  const chromium = findChromium(host.env);
  if (chromium === null) return notMeasured(NAME, TARGET, [{ message: "chromium is not installed" }]);
  const dir = makeTempDir(host, "bench");
  const browser = await launchChromium(chromium);
  try {
    const figures = new Map<number, ReportFigures>();
    for (const cells of Object.values(SIZES)) figures.set(cells, await measureReport(host, browser, { dir, cells }));
    return toBenchmark((cells) => figures.get(cells) as ReportFigures);
  } finally {
    await browser.close();
    rmSync(dir, { recursive: true });
  }
}

function toBenchmark(figuresOf: (cells: number) => ReportFigures): Benchmark {
  const [quick, few, many, most] = [SIZES.quick, SIZES.few, SIZES.many, SIZES.most].map(figuresOf) as [
    ...[ReportFigures, ReportFigures, ReportFigures, ReportFigures],
  ];
  const growth = (a: ReportFigures, b: ReportFigures): number => b.seconds / b.cells / (a.seconds / a.cells);
  const isMet =
    quick.bytes <= LIMITS.quick.bytes &&
    quick.openMs <= LIMITS.quick.openMs &&
    many.bytes <= LIMITS.many.bytes &&
    many.seconds <= LIMITS.many.renderSeconds &&
    many.filterMs <= LIMITS.many.filterMs &&
    growth(many, most) <= LIMITS.growth;
  return {
    name: NAME,
    rows: [
      ...[quick, few, many, most].map((each) => [`${each.cells} cells, ${BLOCKS} blocks`, describe(each)] as const),
      [`time per cell, ${many.cells} / ${few.cells} cells`, growth(few, many).toFixed(2)],
      [`time per cell, ${most.cells} / ${many.cells} cells`, growth(many, most).toFixed(2)],
    ],
    target: TARGET,
    result: targetResult(isMet),
  };
}

function describe({ bytes, seconds, openMs, filterMs }: ReportFigures): string {
  const size = `${(bytes / 1e6).toFixed(2)} MB, rendered in ${seconds.toFixed(2)} s`;
  return `${size}, interactive in ${formatMs(openMs)}, filtered in ${formatMs(filterMs)}`;
}

interface MeasuredRun {
  readonly dir: string;
  readonly cells: number;
}

async function measureReport(host: Host, browser: Browser, { dir, cells }: MeasuredRun): Promise<ReportFigures> {
  const run = join(dir, String(cells));
  const file = `${run}.html`;
  writeStoredRun(run, cells, BLOCKS, 1);
  const costs: { readonly seconds: number; readonly bytes: number }[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++)
    costs.push(await costOf(host, ["report", run, "--format", "html"], file));
  const opened: { readonly openMs: number; readonly filterMs: number }[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) opened.push(await openReport(browser, pathToFileURL(file).href));
  return {
    ...{ cells, bytes: costs[0]?.bytes ?? 0, seconds: median(costs.map(({ seconds }) => seconds)) },
    openMs: median(opened.map(({ openMs }) => openMs)),
    filterMs: median(opened.map(({ filterMs }) => filterMs)),
  };
}

/** Opens a page in a new context, and filters it. */
async function openReport(browser: Browser, url: string) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const started = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    await page.locator("input[type=search]").waitFor();
    await page.evaluate(`new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))`);
    const openMs = performance.now() - started;
    const times: number[] = [];
    for (const query of QUERIES) times.push(await filter(page, query));
    return { openMs, filterMs: Math.max(...times) };
  } finally {
    await context.close();
  }
}

/** Returns the time from a keystroke in the filter line until the browser has drawn the result, ms. */
function filter(page: Page, query: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const line = document.querySelector("input[type=search]");
    line.value = ${JSON.stringify(query)};
    const started = performance.now();
    line.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)));
  })`);
}
