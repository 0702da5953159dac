import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { cnibenchVersion } from "../../../core/paths.ts";
import { verifyPath } from "../../../engine/verify/verify-path.ts";
import { reportInput, reports } from "../../../reports/index.ts";
import { sha256 } from "../../../results/digests.ts";
import { loadRun } from "../../../results/load-run.ts";
import { seededRandom } from "../../../results/random.ts";
import { redactLoaded, redactor } from "../../../results/redact.ts";
import { temporaryDir, temporaryDirOfFile } from "../../helpers/cnibench.ts";
import { storeMeasuredRun } from "../../helpers/stored-run.ts";

const root = temporaryDirOfFile();
const dir = join(root, "run");
const page = join(dir, "report.html");
let text: string;

beforeAll(async () => {
  await storeMeasuredRun(dir, ["html"]);
  text = readFileSync(page, "utf8");
});

/** Verifies a copy of the page. @returns the message of the difference, or "" */
async function difference(changed: string, dirs: readonly string[] = []): Promise<string> {
  const file = join(temporaryDir(), "page.html");
  writeFileSync(file, changed);
  return verifyPath(file, dirs).then(
    () => "",
    (error: Error) => error.message,
  );
}

/** Returns the page as another version of cnibench would have written it. */
function withVersion(version: string): string {
  const [, value = ""] = /<data [^>]* value="([^"]*)"/.exec(text) ?? [];
  const own = `"cnibench":"${cnibenchVersion()}"`;
  const data = gunzipSync(Buffer.from(value, "base64")).toString().replace(own, `"cnibench":"${version}"`);
  return text
    .replace(/data-sha256="[0-9a-f]{64}"/, `data-sha256="${sha256(data)}"`)
    .replace(value, gzipSync(data).toString("base64"));
}

const sentences = async (path: string, dirs: readonly string[]): Promise<string> =>
  (await verifyPath(path, dirs)).flatMap(({ checked, unchecked }) => [...checked, ...unchecked]).join("\n");

describe("a page", () => {
  it("is verified with its directory, and alone with a note about what that does not cover", async () => {
    expect(await sentences(dir, [])).toContain("report.html: as rendered from the run");
    expect(await sentences(page, [dir])).toContain("report.html: as rendered from the run");
    const alone = await sentences(page, []);
    expect(alone).toContain("report.html: as rendered from the data in the page");
    expect(alone).toContain("the run: name its directory to compare report.html with run.json, results.jsonl and raw/");
  });

  it("has no digit that can be flipped unnoticed", async () => {
    const random = seededRandom(3);
    const digits = [...text.matchAll(/\d/g)].map(({ index }) => index);
    const dataStart = text.indexOf('<data class="stored-run"');
    const shown = digits.filter((place) => place < dataStart);
    const embedded = digits.filter((place) => place >= dataStart);
    for (const places of [shown, shown, shown, shown, shown, shown, embedded, embedded, embedded, embedded]) {
      const place = places[Math.floor(random() * places.length)] as number;
      const digit = (Number(text[place]) + 1 + Math.floor(9 * random())) % 10;
      const changed = `${text.slice(0, place)}${digit}${text.slice(place + 1)}`;
      expect(await difference(changed), `character ${place}`).not.toBe("");
    }
  });

  it("is verified in the language in which it opens", async () => {
    const chinese = await reports.html.render([reportInput(await loadRun(dir))], { language: "zh" });
    expect(await difference(chinese)).toBe("");
    expect(await difference(chinese, [dir])).toBe("");
    expect(await difference(chinese.replace('lang="zh"', 'lang="en"'))).not.toBe("");
  });

  it("of a changed run names the file that differs", async () => {
    const other = join(temporaryDir(), "run");
    await storeMeasuredRun(other);
    expect(await difference(text, [other])).toBe("");
    const results = join(other, "results.jsonl");
    writeFileSync(results, readFileSync(results, "utf8").replace("12:03:07.123", "12:03:07.124"));
    expect(await difference(text, [other])).toContain("results.jsonl: SHA-256 differs from SHA256SUMS:2");
  });

  it("of several runs needs all directories, in order", async () => {
    const loaded = await loadRun(dir);
    const both = await reports.html.render([reportInput(loaded), reportInput(loaded)]);
    expect(await difference(both)).toBe("");
    expect(await difference(both, [dir, dir])).toBe("");
    expect(await difference(both, [dir])).toContain("shows 2 runs; name 2 run directories, in the same order");
  });

  it("that is redacted is compared with the redacted run", async () => {
    const redacted = await reports.html.render([reportInput(redactLoaded(await loadRun(dir), redactor(null)))]);
    expect(redacted).not.toBe(text);
    expect(await difference(redacted, [dir])).toBe("");
  });

  it("of another version is compared by its data", async () => {
    const other = withVersion("9.9.9");
    expect(await difference(other, [dir])).toBe("");
    const file = join(temporaryDir(), "page.html");
    writeFileSync(file, other);
    expect(await sentences(file, [dir])).toContain("text and charts, because cnibench 9.9.9 rendered them");
  });

  it("with damaged data is rejected", async () => {
    expect(await difference(text.replace(' value="H4sI', ' value="AAAA'))).toMatch(/embedded data of run 1/);
    expect(await difference(text.replace(/ data-sha256="./, ' data-sha256="x'))).toContain("no data of a run");
  });
});
