/** Damaged, foreign or hostile run directories: report and resume print one line and change nothing. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sampleRun } from "../helpers/sample-run.ts";
import { cnibench, temporaryDir, temporaryDirOfFile } from "../helpers/cnibench.ts";

const { run, records } = sampleRun({ blocks: 1 });
const lines = records.map((record) => `${JSON.stringify(record)}\n`).join("");

interface DamagedDir {
  readonly description: string;
  readonly damage: (dir: string) => void;
  readonly message: RegExp;
}

const write = (dir: string, file: string, content: unknown): void =>
  writeFileSync(join(dir, file), typeof content === "string" ? content : JSON.stringify(content));

const DAMAGED_DIRS: readonly DamagedDir[] = [
  { description: "no files", damage: () => undefined, message: /(no|not) .*run\.json|run\.json .*not found/ },
  {
    description: "a run.json of another program",
    damage: (dir) => write(dir, "run.json", { name: "x" }),
    message: /run\.json .*cnibench/,
  },
  {
    description: "half a run.json",
    damage: (dir) => write(dir, "run.json", JSON.stringify(run).slice(0, 500)),
    message: /run\.json is damaged/,
  },
  {
    description: "a newer schema version",
    damage: (dir) => write(dir, "run.json", { ...run, schemaVersion: 2 }),
    message: /version 2\b.*newer cnibench/,
  },
  {
    description: "an older schema version",
    damage: (dir) => write(dir, "run.json", { ...run, schemaVersion: 0 }),
    message: /version 0\b.*restore the file or repeat the run/,
  },
  {
    description: "NaN as a value",
    damage: (dir) => {
      write(dir, "run.json", run);
      write(dir, "results.jsonl", lines.replace(/"value":[\d.e+-]+/, '"value":NaN'));
    },
    message: /results\.jsonl:1 is damaged/,
  },
  {
    description: "a run.json that is a directory",
    damage: (dir) => mkdirSync(join(dir, "run.json")),
    message: /run\.json is .*file/,
  },
  {
    description: "a symlink loop",
    damage: (dir) => symlinkSync("run.json", join(dir, "run.json")),
    message: /run\.json: ELOOP/,
  },
  {
    description: "results of 1 GB",
    damage: (dir) => {
      write(dir, "run.json", run);
      write(dir, "results.jsonl", "");
      truncateSync(join(dir, "results.jsonl"), 1e9);
    },
    message: /results\.jsonl.* 1000000000 bytes/,
  },
  {
    description: "200 MB of newlines",
    damage: (dir) => {
      write(dir, "run.json", run);
      write(dir, "results.jsonl", "\n".repeat(200e6));
    },
    message: /results\.jsonl:1 .*damaged/,
  },
  {
    description: "a record of an unplanned cell",
    damage: (dir) => {
      write(dir, "run.json", run);
      write(dir, "results.jsonl", lines.replaceAll("/bridge/", "/\\u001b[2Jother/"));
    },
    message: /results\.jsonl.* cell/,
  },
];

const parent = temporaryDirOfFile();

describe.concurrent.each(DAMAGED_DIRS)("a directory with $description", ({ damage, message }) => {
  test.each(["report", "run --resume"])("%s", async (command) => {
    const dir = mkdtempSync(join(parent, "run-"));
    damage(dir);
    const before = readdirSync(dir);
    const { exitCode, stdout, stderr } = await cnibench([...command.split(" "), dir], { timeout: 30 });
    expect(stderr).toMatch(message);
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
  expect(stderr).toMatch(/--resume: .* differs|has no scenarios|results\.jsonl/);
  expect(exitCode).toBe(2);
  expect(readFileSync(precious, "utf8")).toBe(lines);
});

test("an output directory below /proc does not hang", async () => {
  const { exitCode, stderr } = await cnibench(["run", "--yes", "--out", "/proc/cnibench/out"], { timeout: 60 });
  expect(stderr).toMatch(/--out.*\/proc\/cnibench\/out|\/proc\/cnibench\/out.*--out/);
  expect(exitCode).toBe(2);
});

test.each(["report", "run --resume"])("a run directory that is a symlink loop: %s", async (command) => {
  const dir = join(temporaryDir(), "loop");
  symlinkSync("loop", dir);
  const { exitCode, stderr } = await cnibench([...command.split(" "), dir], { timeout: 30 });
  expect(stderr).toMatch(/cannot read .*: ELOOP/);
  expect(exitCode).toBe(2);
});
