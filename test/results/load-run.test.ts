import { appendFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { loadRun } from "../../results/load-run.ts";
import type { ResultRecord } from "../../results/record.ts";
import { createRun } from "../../results/store.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const { run, records } = sampleRun({ blocks: 2 });
const record = records[0] as ResultRecord;
const repetition = records.find(({ kind, value }) => kind === "repetition" && value !== undefined) as ResultRecord;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cnibench-load-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function store(lines: readonly ResultRecord[] = records) {
  const created = await createRun(dir, run);
  for (const line of lines) created.append(line);
  return created;
}

const results = () => join(dir, "results.jsonl");

/** Returns the loaded run with its records in an array. */
async function load() {
  const loaded = await loadRun(dir);
  return { ...loaded, records: [...loaded.records] };
}

/** Returns the message of the expected UsageError. */
async function loadError(): Promise<string> {
  const error: unknown = await loadRun(dir).then(
    () => new Error("expected an error"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UsageError);
  const { message } = error as Error;
  expect(message).not.toContain("\n");
  return message;
}

describe("loadRun", () => {
  it("returns the stored run", async () => {
    await store();
    expect(await load()).toMatchObject({ run, records, loadWarnings: [], commands: [] });
  });

  it("loads a run without results", async () => {
    await store([]);
    expect((await load()).records).toEqual([]);
  });

  it("ignores a torn last line with a warning", async () => {
    await store();
    await appendFile(results(), JSON.stringify(record).slice(0, 40));
    const loaded = await load();
    expect(loaded.records).toEqual(records);
    expect(loaded.loadWarnings.map(({ code }) => code)).toEqual(["torn-line"]);
  });

  it("warns about records outside the plan, and repeated ones", async () => {
    await store([...records, { ...record, block: 999 }, record]);
    const [warning, ...others] = (await load()).loadWarnings;
    const first = `line ${records.length + 1}, ${record.cell}: block 999 is not one of the `;
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ code: "stray-records" });
    expect(warning?.message).toContain(`results.jsonl was modified: ${first}`);
    expect(warning?.message).toContain("(2 such lines)");
  });

  it("accepts a last line without newline", async () => {
    await store([]);
    await writeFile(results(), JSON.stringify(record));
    expect(await load()).toMatchObject({ records: [record], loadWarnings: [] });
  });
});

describe("loadRun rejects", () => {
  it("a directory without run.json", async () => {
    expect(await loadError()).toMatch(/is not a run directory: run\.json not found/);
  });

  it("a run.json that is not JSON, not an object, or of another program", async () => {
    for (const text of ["{", "null", "[]", '{"schemaVersion":1,"name":"x"}', JSON.stringify({ ...run, seed: "7" })]) {
      await writeFile(join(dir, "run.json"), text);
      expect(await loadError()).toMatch(/run\.json (is damaged|was not written by cnibench)/);
    }
  });

  it("a newer schema version", async () => {
    await writeFile(join(dir, "run.json"), JSON.stringify({ ...run, schemaVersion: 2 }));
    expect(await loadError()).toMatch(/has schema version 2, supported is 1; use a newer cnibench$/);
  });

  it("an older schema version", async () => {
    await writeFile(join(dir, "run.json"), JSON.stringify({ ...run, schemaVersion: 0 }));
    expect(await loadError()).toMatch(/run\.json has schema version 0, supported is 1; restore the file or repeat/);
  });

  it("a broken line, with its number", async () => {
    await store();
    await appendFile(results(), `{"half\n${JSON.stringify(record)}\n`);
    expect(await loadError()).toContain(`results.jsonl:${records.length + 1} is damaged`);
  });

  it("a line with a wrong type, without a value, or with several outcomes", async () => {
    const empty = { ...record, value: undefined };
    for (const line of [
      { ...record, block: 0 },
      empty,
      { ...record, value: "12" },
      { ...record, error: "both" },
      { ...record, skip: "both" },
      { ...record, kind: "x" },
    ]) {
      await writeFile(join(dir, "run.json"), JSON.stringify(run));
      await writeFile(results(), `${JSON.stringify(line)}\n`);
      expect(await loadError()).toMatch(/results\.jsonl:1 was not written by cnibench/);
    }
  });

  it("an unplanned cell, and a raw directory outside the run", async () => {
    await store([{ ...record, cell: "quick/other" }]);
    expect(await loadError()).toMatch(/results\.jsonl:1: cell not planned .*: quick\/other$/);
    await writeFile(results(), `${JSON.stringify({ ...record, raw: "raw/../../etc" })}\n`);
    expect(await loadError()).toMatch(/results\.jsonl:1: not a path that .*: raw\/\.\.\/\.\.\/etc; restore the file/);
    await writeFile(results(), `${JSON.stringify({ ...record, raw: "raw/x\n::error::y" })}\n`);
    expect(await loadError()).toContain("raw directory: raw/x ::error::y; ");
  });

  it("an unplanned cell without printing its escape sequences", async () => {
    await store([]);
    await writeFile(results(), `${JSON.stringify({ ...record, cell: "\u001b[2Jx" })}\n`);
    expect(await loadError()).not.toContain("\u001b");
  });

  it("a value that JSON cannot express, or that is infinite", async () => {
    for (const value of ["NaN", "Infinity", "-Infinity", "1e999"]) {
      await store([]);
      await writeFile(results(), `${JSON.stringify(repetition).replace(/"value":[^,}]*/, `"value":${value}`)}\n`);
      expect(await loadError(), value).toMatch(/results\.jsonl:1 (is damaged|was not written by cnibench)/);
      await rm(dir, { recursive: true });
    }
  });

  it("a directory in place of a file", async () => {
    await mkdir(join(dir, "run.json"));
    expect(await loadError()).toMatch(/run\.json is not a regular file/);
  });
});

describe("commands", () => {
  it("are those of the first repetition of each scenario", async () => {
    const created = await store();
    const scenario = dirname(dirname((record.raw as string).slice("raw/".length) + "/x"));
    for (const block of [1, 2]) {
      const raw = await created.rawDir(scenario, block, 1);
      await raw.writeRaw("client", { cmd: `iperf3 -c ${block}`, stdout: "", stderr: "" });
    }
    expect((await loadRun(dir)).commands).toEqual([{ scenario, role: "client", command: "iperf3 -c 1" }]);
  });

  it("are never read from outside the run directory", async () => {
    await store();
    const raw = join(dir, record.raw as string);
    await mkdir(raw, { recursive: true });
    await symlink("/etc/hostname", join(raw, "client.cmd"));
    expect((await loadRun(dir)).commands).toEqual([]);
  });
});
