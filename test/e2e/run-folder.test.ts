/** Damaged, foreign or hostile run directories: report and resume print one line and change nothing. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sampleRun } from "../helpers/sample-run.ts";
import { cnibench, temporaryDir } from "../helpers/cnibench.ts";

const { run, records } = sampleRun({ blocks: 1 });
const lines = records.map((record) => `${JSON.stringify(record)}\n`).join("");

interface DamagedDir {
  readonly what: string;
  readonly make: (dir: string) => void;
  readonly sentence: RegExp;
}

const write = (dir: string, file: string, content: unknown): void =>
  writeFileSync(join(dir, file), typeof content === "string" ? content : JSON.stringify(content));

const DAMAGED_DIRS: readonly DamagedDir[] = [
  { what: "no files", make: () => undefined, sentence: /is no run folder: it has no run\.json/ },
  {
    what: "a run.json of another program",
    make: (dir) => write(dir, "run.json", { name: "x" }),
    sentence: /run\.json was not written by cnibench or was changed/,
  },
  {
    what: "half a run.json",
    make: (dir) => write(dir, "run.json", JSON.stringify(run).slice(0, 500)),
    sentence: /run\.json is damaged/,
  },
  {
    what: "a newer schema version",
    make: (dir) => write(dir, "run.json", { ...run, schemaVersion: 2 }),
    sentence: /has schema version 2 .*; use a newer cnibench/,
  },
  {
    what: "a run.json that is a directory",
    make: (dir) => mkdirSync(join(dir, "run.json")),
    sentence: /run\.json is no file/,
  },
  {
    what: "a symlink loop",
    make: (dir) => symlinkSync("run.json", join(dir, "run.json")),
    sentence: /run\.json cannot be read: ELOOP/,
  },
  {
    what: "results of 1 GB",
    make: (dir) => {
      write(dir, "run.json", run);
      write(dir, "results.jsonl", "");
      truncateSync(join(dir, "results.jsonl"), 1e9);
    },
    sentence: /results\.jsonl has 1000000000 bytes, more than/,
  },
  {
    what: "200 MB of newlines",
    make: (dir) => {
      write(dir, "run.json", run);
      write(dir, "results.jsonl", "\n".repeat(200e6));
    },
    sentence: /results\.jsonl:1 is damaged/,
  },
  {
    what: "a record of an unplanned cell",
    make: (dir) => {
      write(dir, "run.json", run);
      write(dir, "results.jsonl", lines.replaceAll("/bridge/", "/\\u001b[2Jother/"));
    },
    sentence: /names a cell that run\.json does not plan/,
  },
];

describe.each(DAMAGED_DIRS)("a directory with $what", ({ make, sentence }) => {
  test.each(["report", "run --resume"])("%s", async (command) => {
    const dir = temporaryDir();
    make(dir);
    const before = readdirSync(dir);
    const { exitCode, stdout, stderr } = await cnibench([...command.split(" "), dir], { timeout: 30 });
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).not.toContain("\u001b");
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
    expect(readdirSync(dir)).toEqual(before);
  });
});

test("resume rejects a changed plan and results.jsonl as a symlink", async () => {
  const dir = temporaryDir();
  const precious = join(temporaryDir(), "precious");
  writeFileSync(precious, lines);
  write(dir, "run.json", { ...run, outcome: "interrupted" });
  symlinkSync(precious, join(dir, "results.jsonl"));
  const { exitCode, stderr } = await cnibench(["run", "--resume", dir, "--yes"], { timeout: 30 });
  expect(stderr).toMatch(/would not go on with the stored run|has no scenarios|is no plain file/);
  expect(exitCode).toBe(2);
  expect(readFileSync(precious, "utf8")).toBe(lines);
});

test("an output directory below /proc does not hang", async () => {
  const { exitCode, stderr } = await cnibench(["run", "--yes", "--out", "/proc/cnibench/out"], { timeout: 60 });
  expect(stderr).toContain("the output folder /proc/cnibench/out cannot be used");
  expect(exitCode).toBe(2);
});

test.each(["report", "run --resume"])("a run directory that is a symlink loop: %s", async (command) => {
  const dir = join(temporaryDir(), "loop");
  symlinkSync("loop", dir);
  const { exitCode, stderr } = await cnibench([...command.split(" "), dir], { timeout: 30 });
  expect(stderr).toContain("cannot be read: ELOOP");
  expect(exitCode).toBe(2);
});
