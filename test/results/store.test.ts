import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { EnvironmentError, UsageError } from "../../core/errors.ts";
import type { Repetition } from "../../results/record.ts";
import { createRun, reopenRun } from "../../results/store.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const { run, records } = sampleRun({ blocks: 1 });
const record = records[0] as Repetition;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "cnibench-store-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  await rm(root, { recursive: true });
});

describe("createRun", () => {
  it("creates the directory and writes run.json without leftovers", async () => {
    const dir = join(root, "a", "b");
    await createRun(dir, run);
    expect(JSON.parse(await readFile(join(dir, "run.json"), "utf8"))).toEqual(run);
    expect(await readdir(dir)).toEqual(["run.json"]);
  });

  it("accepts an empty directory and rejects a non-empty one", async () => {
    await createRun(root, run);
    await expect(createRun(root, run)).rejects.toThrow(UsageError);
    await expect(createRun(root, run)).rejects.toThrow(/is not empty \(contains run\.json\); .*--out$/);
  });

  it("rejects a file, and a directory that cannot be created", async () => {
    await writeFile(join(root, "file"), "");
    await expect(createRun(join(root, "file"), run)).rejects.toThrow(UsageError);
    await expect(createRun(join(root, "file", "below"), run)).rejects.toThrow(
      /cannot use output directory \S+\/file\/below: .*--out$/,
    );
    await expect(createRun("/proc/cnibench-run", run)).rejects.toThrow(UsageError);
  });

  it("rejects a read-only directory", async (ctx) => {
    if (process.getuid?.() === 0) ctx.skip("root can write everywhere");
    const dir = join(root, "locked");
    await mkdir(dir);
    await chmod(dir, 0o500);
    await expect(createRun(dir, run)).rejects.toThrow(UsageError);
  });
});

describe("append", () => {
  const lines = async (dir: string) => (await readFile(join(dir, "results.jsonl"), "utf8")).split("\n");

  it("appends complete lines", async () => {
    const store = await createRun(root, run);
    store.append(record);
    store.append({ ...record, error: "line\nbreak" });
    const [first, second, rest] = await lines(root);
    expect(JSON.parse(first ?? "")).toEqual(record);
    expect(second).toContain("line\\nbreak");
    expect(rest).toBe("");
  });

  it("reports a full disk", async () => {
    const store = await createRun(root, run);
    await symlink("/dev/full", join(root, "results.jsonl"));
    expect(() => store.append(record)).toThrow(EnvironmentError);
    expect(() => store.append(record)).toThrow(/^no space left to write .*results\.jsonl: .*--out$/);
  });

  it("removes half a line if the disk becomes full while writing it", async () => {
    const store = await createRun(root, run);
    store.append(record);
    const write = fs.writeSync;
    const full = vi.spyOn(fs, "writeSync");
    full.mockImplementationOnce(((fd: number, data: Buffer) => write(fd, data, 0, 10)) as typeof fs.writeSync);
    full.mockImplementationOnce(() => {
      throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    });
    syncBuiltinESMExports();
    expect(() => store.append(record)).toThrow(EnvironmentError);
    expect(full).toHaveBeenCalledTimes(2);
    full.mockRestore();
    store.append(record);
    expect((await lines(root)).filter((line) => line !== "").map((line) => JSON.parse(line) as unknown)).toEqual([
      record,
      record,
    ]);
  });
});

describe("reopenRun", () => {
  const file = () => join(root, "results.jsonl");

  it("keeps the given number of lines and appends after them", async () => {
    const store = await createRun(root, run);
    store.append(record, { ...record, block: 2 }, { ...record, block: 3 });
    await appendFile(file(), '{"torn');
    const reopened = reopenRun(root, 2, 2);
    expect(reopened.session).toBe(2);
    reopened.append({ ...record, block: 4, sitting: 2 });
    const blocks = (await readFile(file(), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as Repetition).block);
    expect(blocks).toEqual([1, 2, 4]);
  });

  it("terminates a last line without newline", async () => {
    await createRun(root, run);
    await writeFile(file(), JSON.stringify(record));
    reopenRun(root, 1, 2).append(record);
    expect(await readFile(file(), "utf8")).toBe(`${JSON.stringify(record)}\n`.repeat(2));
  });

  it("accepts a run without results", async () => {
    await createRun(root, run);
    reopenRun(root, 0, 1).append(record);
    expect(await readFile(file(), "utf8")).toBe(`${JSON.stringify(record)}\n`);
  });

  it("does not truncate the target of a link", async () => {
    await createRun(root, run);
    await writeFile(join(root, "precious"), "x\ny\n");
    await symlink("precious", file());
    expect(() => reopenRun(root, 1, 2)).toThrow(/results\.jsonl is not a regular file; copy the run/);
    expect(await readFile(join(root, "precious"), "utf8")).toBe("x\ny\n");
  });

  it("uses a separate raw directory in a later session", async () => {
    await createRun(root, run);
    const raw = await reopenRun(root, 0, 2).rawDir("quick/tcp-1/host/netns/host", 3, 1);
    expect(raw.path).toBe("raw/quick/tcp-1/host/netns/host/3-1-sitting2");
  });
});

describe("redaction", () => {
  it("is applied to all text, but not to names of cells", async () => {
    const store = await createRun(root, { ...run, command: ["cnibench", "bridge"] }, (text) =>
      text.replaceAll("bridge", "(x)"),
    );
    store.append({
      ...record,
      cell: "quick/x/bridge",
      value: undefined,
      error: "bridge failed",
      warnings: [{ code: "unfinished", message: "of bridge" }],
    });
    const raw = await store.rawDir("quick/tcp-1/bridge/netns/cross-node", 1, 1);
    await raw.writeRaw("client", { cmd: "bridge", stdout: "a bridge", stderr: "the bridge" });
    expect(JSON.parse(await readFile(join(root, "run.json"), "utf8"))).toMatchObject({ command: ["cnibench", "(x)"] });
    expect(JSON.parse(await readFile(join(root, "results.jsonl"), "utf8"))).toMatchObject({
      cell: "quick/x/bridge",
      error: "(x) failed",
      warnings: [{ message: "of (x)" }],
    });
    expect(await readFile(join(root, raw.path, "client.stdout"), "utf8")).toBe("a (x)");
  });
});

test("a name at the limit of a text is redacted before the text is cut", async () => {
  const store = await createRun(root, run, (text) => text.replaceAll("wonderland", "(host)"));
  const message = `${"x".repeat(3995)}wonderland`;
  const value = {
    clause: "del.ok",
    section: "2-DEL",
    level: "MUST",
    specVersion: "1.0.0",
    status: "fail",
    message,
  } as const;
  store.append({ ...record, kind: "check", cell: "quick/c/bridge/netns", value });
  expect(await readFile(join(root, "results.jsonl"), "utf8")).not.toContain("wond");
});

describe("update", () => {
  it("replaces run.json completely", async () => {
    const store = await createRun(root, run);
    store.update({ ...run, outcome: "failed" });
    expect(JSON.parse(await readFile(join(root, "run.json"), "utf8"))).toMatchObject({ outcome: "failed" });
    expect(await readdir(root)).toEqual(["run.json"]);
  });
});

describe("rawDir", () => {
  it("stores command and output of each role", async () => {
    const store = await createRun(root, run);
    const raw = await store.rawDir("quick/tcp-1/bridge/netns/cross-node", 3, 1);
    expect(raw.path).toBe("raw/quick/tcp-1/bridge/netns/cross-node/3-1");
    await raw.writeRaw("warm-up", { cmd: "iperf3 -c 10.0.0.1", stdout: "{}", stderr: "" });
    expect((await readdir(join(root, raw.path))).sort()).toEqual(["warm-up.cmd", "warm-up.stderr", "warm-up.stdout"]);
    expect(await readFile(join(root, raw.path, "warm-up.cmd"), "utf8")).toBe("iperf3 -c 10.0.0.1\n");
  });

  it("rejects names that lead out of the run directory", async () => {
    const store = await createRun(root, run);
    for (const scenario of ["../x", "quick/../x", "quick//x", "quick/.hidden", "/etc"]) {
      await expect(store.rawDir(scenario, 1, 1)).rejects.toThrow(/invalid directory name/);
    }
    const raw = await store.rawDir("quick", 1, 1);
    await expect(raw.writeRaw("../client", { cmd: "", stdout: "", stderr: "" })).rejects.toThrow(/invalid role name/);
  });
});
