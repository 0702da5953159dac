import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../../core/errors.ts";
import { verifyPath } from "../../../engine/verify/verify-path.ts";
import { temporaryDir, temporaryDirOfFile } from "../../helpers/cnibench.ts";
import { storeMeasuredRun } from "../../helpers/stored-run.ts";

const stored = join(temporaryDirOfFile(), "run");
let dir: string;

beforeAll(() => storeMeasuredRun(stored, ["json", "csv", "md", "junit"]));
beforeEach(() => {
  dir = join(temporaryDir(), "run");
  cpSync(stored, dir, { recursive: true });
});

const at = (name: string): string => join(dir, name);
const read = (name: string): string => readFileSync(at(name), "utf8");
/** Returns the message of the difference that is found, or "" if there is none. */
async function difference(path = dir, dirs: readonly string[] = []): Promise<string> {
  try {
    await verifyPath(path, dirs);
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message.replaceAll(`${dir}/`, "");
  }
}

async function unchecked(): Promise<string> {
  return (await verifyPath(dir, [])).flatMap((each) => each.unchecked).join("\n");
}

function change(name: string, from: string | RegExp, to: string): void {
  const text = read(name);
  writeFileSync(at(name), text.replace(from, to));
  expect(read(name)).not.toBe(text);
}

/** Removes the digests, as in a run of an older version. */
function removeDigests(): void {
  rmSync(at("SHA256SUMS"));
  rmSync(at("raw.sha256"));
}

const RAW = "raw/quick/rr-1/bridge/netns/same-node/2-1";

it("confirms an unchanged run and lists what it compared", async () => {
  const [verified] = await verifyPath(dir, []);
  expect(verified?.checked).toEqual([
    "93 values are those of the raw output",
    "153 raw files have their SHA-256 of raw.sha256",
    "run.json, results.jsonl, raw.sha256: as in SHA256SUMS",
    ...["report.json", "report.csv", "report.md", "report.xml"].map((name) => `${name}: as rendered from the run`),
  ]);
  expect(verified?.unchecked).toHaveLength(1);
});

describe("names the first difference", () => {
  it("in a raw file", async () => {
    change(`${RAW}/client.stdout`, "P50_LATENCY=42", "P50_LATENCY=43");
    expect(await difference()).toMatch(
      /^raw\/quick\/rr-1\/.*2-1\/client\.stdout: SHA-256 differs from raw\.sha256:\d+;/,
    );
  });

  it("in results.jsonl, with its line, also without digests", async () => {
    const line =
      read("results.jsonl")
        .split("\n")
        .findIndex((text) => text.includes(`${RAW}"`)) + 1;
    change("results.jsonl", `"raw":"${RAW}","value":21632.685`, `"raw":"${RAW}","value":21632.686`);
    const message = `results.jsonl:${line}: quick/rr-1/bridge/netns/same-node/transactions is 21632.686, but 21632.685`;
    expect(await difference()).toContain(message);
    removeDigests();
    expect(await difference()).toContain(message);
  });

  it("in a distribution, without digests", async () => {
    removeDigests();
    change("results.jsonl", '"name":"latency","unit":"s","samples":147,', '"name":"latency","unit":"s","samples":148,');
    expect(await difference()).toMatch(
      /^results\.jsonl:\d+: .*\/latency-mean: distributions\[0\]\.samples is 148, but 147 if recomputed from raw\//,
    );
  });

  it("in a time, which nothing can recompute", async () => {
    change("results.jsonl", "12:03:07.123", "12:03:07.124");
    expect(await difference()).toMatch(/^results\.jsonl: SHA-256 differs from SHA256SUMS:2;/);
  });

  it("in run.json", async () => {
    change("run.json", '"seed": 42', '"seed": 43');
    expect(await difference()).toMatch(/^run\.json: SHA-256 differs from SHA256SUMS:1;/);
  });

  it("in a report, with its line", async () => {
    change("report.csv", "21632.685", "21633.685");
    const line =
      read("report.csv")
        .split("\n")
        .findIndex((text) => text.includes("21633.685")) + 1;
    expect(await difference()).toContain(`report.csv:${line}: the report shows "`);
  });
});

describe("a run without digests", () => {
  beforeEach(removeDigests);

  const TRANSACTIONS = "quick/rr-1/bridge/netns/same-node/transactions";
  /** Replaces the lines of results.jsonl. */
  function changeRecords(to: (records: Record<string, unknown>[]) => readonly object[]): void {
    const lines = read("results.jsonl").trimEnd().split("\n");
    const changed = to(lines.map((line) => JSON.parse(line) as Record<string, unknown>));
    writeFileSync(at("results.jsonl"), changed.map((record) => `${JSON.stringify(record)}\n`).join(""));
  }
  const ofCell = (cell: string) => (record: Record<string, unknown>) => record.cell === cell;

  it.each([
    ["plugin", { raw: RAW.replace("bridge", "ptp") }],
    ["block", { raw: RAW.replace("2-1", "1-1") }],
    ["session", { sitting: 2 }],
    ["block, with a swapped number", { block: 3 }],
  ])("has no value with the raw output of another %s", async (_, fields) => {
    changeRecords((records) =>
      records.map((record) => (ofCell(TRANSACTIONS)(record) && record.block === 2 ? { ...record, ...fields } : record)),
    );
    expect(await difference()).toMatch(/^results\.jsonl:\d+: .*transactions: raw output of another repetition: raw\//);
  });

  it("has each repetition once, and only planned ones", async () => {
    changeRecords((records) => [...records, ...records.filter(ofCell(TRANSACTIONS)).slice(0, 1)]);
    expect(await difference()).toMatch(/transactions: block 1, repetition 1 is stored a second time$/);
    changeRecords((records) =>
      records.map((record, i) => (i + 1 < records.length ? record : { ...record, block: 999 })),
    );
    expect(await difference()).toMatch(/transactions: block 999 is not one of the 3 planned$/);
  });

  it("is recomputed, and what that does not cover is listed", async () => {
    expect(await unchecked()).toMatch(/SHA256SUMS is missing[^]*raw\.sha256 is missing/);
    change("results.jsonl", "12:03:07.123", "12:03:07.124");
    expect(await difference()).toBe("");
  });

  it("has no changed raw value, but other raw bytes do not matter", async () => {
    change(`${RAW}/client.stdout`, "MEAN_LATENCY=46.12", "MEAN_LATENCY=46.13");
    expect(await difference()).toBe("");
    change(`${RAW}/client.stdout`, "P50_LATENCY=42", "P50_LATENCY=43");
    expect(await difference()).toMatch(/^results\.jsonl:\d+: .*latency-p50 is 0\.000042, but 0\.000043 if recomputed/);
  });
});

describe("an unfinished run", () => {
  it("that a crash cut off is verified up to there", async () => {
    rmSync(at("SHA256SUMS"));
    for (const name of ["report.json", "report.csv", "report.md", "report.xml"]) rmSync(at(name));
    appendFileSync(at("results.jsonl"), '{"kind":"repe');
    change("run.json", '"outcome": "complete"', '"outcome": null');
    expect(await unchecked()).toMatch(
      /did not end[^]*ignored the last line of results\.jsonl[^]*SHA256SUMS is missing/,
    );
  });
});

describe("rejects", () => {
  it("missing raw files", async () => {
    rmSync(at(`${RAW}/client.stdout`));
    expect(await difference()).toContain("no value of netperf in the raw output: client.stdout not found");
    rmSync(at(RAW), { recursive: true });
    expect(await difference()).toContain(`${RAW}: raw output not found, so its values cannot be recomputed`);
  });

  it("a raw file that no value depends on, if it is missing or was added", async () => {
    writeFileSync(at(`${RAW}/added.stdout`), "1");
    expect(await difference()).toContain("added.stdout: no digest in raw.sha256");
    rmSync(at(`${RAW}/added.stdout`));
    rmSync(at(`${RAW}/client.stderr`));
    expect(await difference()).toContain("client.stderr: not found, but raw.sha256 has its digest");
  });

  it("links in place of raw files and directories", async () => {
    renameSync(at(`${RAW}/client.stdout`), at("elsewhere"));
    symlinkSync(at("elsewhere"), at(`${RAW}/client.stdout`));
    expect(await difference()).toContain("client.stdout is a symbolic link");
    rmSync(at(RAW), { recursive: true });
    symlinkSync(join(stored, RAW), at(RAW));
    expect(await difference()).toContain(`${RAW}: below a symbolic link`);
  });

  it("paths in digests that lead out of raw/", async () => {
    for (const path of ["raw/../../etc/passwd", "/etc/passwd", "raw/x/.hidden"]) {
      writeFileSync(at("raw.sha256"), `${"0".repeat(64)}  ${path}\n`);
      expect(await difference()).toContain(
        `raw.sha256:1: not a digest of a file below raw/: ${"0".repeat(64)}  ${path}`,
      );
    }
  });

  it("incomplete digests", async () => {
    writeFileSync(at("SHA256SUMS"), read("SHA256SUMS").split("\n").slice(0, 2).join("\n") + "\n");
    expect(await difference()).toBe("SHA256SUMS: incomplete, no digest of raw.sha256");
  });

  it("a newer schema, and a directory that contains no run", async () => {
    change("run.json", '"schemaVersion": 1', '"schemaVersion": 2');
    expect(await difference()).toContain("has schema version 2, supported is 1; use a newer cnibench");
    expect(await difference(temporaryDir())).toContain("is not a run directory: run.json not found");
  });

  it("directories after a directory, and a report without data", async () => {
    expect(await difference(dir, [dir])).toContain("is a directory; name a report before other directories");
    expect(await difference(at("report.md"))).toMatch(
      /report\.md: no data of a run, .*; name the run directory instead/,
    );
    writeFileSync(at("cut.html"), "<!doctype html>\n<html><body>");
    expect(await difference(at("cut.html"))).toContain("cut.html: ends before </html>, so a part is missing");
    mkdirSync(at("report.html"));
    expect(await difference()).toContain("report.html is not a regular file");
  });
});
