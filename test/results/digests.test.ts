import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDigestLine, sha256 } from "../../results/digests.ts";
import { loadRun } from "../../results/load-run.ts";
import type { Repetition } from "../../results/record.ts";
import { createRun, reopenRun } from "../../results/store.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const { run, records } = sampleRun({ blocks: 1 });
const record = records[0] as Repetition;
const output = { cmd: "true", stdout: "alice 1\n", stderr: "" };

async function storeRun(): Promise<string> {
  const dir = join(temporaryDir(), "run");
  const store = await createRun(dir, run, (text) => text.replaceAll("alice", "(user)"));
  const raw = await store.rawDir("quick/tcp-1/host/netns/host", 1, 1);
  await raw.writeRaw("client", output);
  raw.writeDigests();
  store.append(record);
  store.seal();
  return dir;
}

const linesOf = (file: string): string[] => readFileSync(file, "utf8").trimEnd().split("\n");

describe("the digests of a run", () => {
  it("are those of the stored bytes, after redaction, in the format of sha256sum", async () => {
    const dir = await storeRun();
    const lines = [...linesOf(join(dir, "raw.sha256")), ...linesOf(join(dir, "SHA256SUMS"))];
    const parsed = lines.map((line) => parseDigestLine(line));
    expect(parsed.map((each) => each?.path)).toEqual([
      ...["cmd", "stdout", "stderr"].map((kind) => `raw/quick/tcp-1/host/netns/host/1-1/client.${kind}`),
      ...["run.json", "results.jsonl", "raw.sha256"],
    ]);
    for (const each of parsed) expect(sha256(readFileSync(join(dir, each?.path ?? "")))).toBe(each?.digest);
    expect(readFileSync(join(dir, parsed[1]?.path ?? ""), "utf8")).toBe("(user) 1\n");
    expect((await loadRun(dir)).digests).toEqual(
      Object.fromEntries(parsed.slice(3).map((each) => [each?.path, each?.digest])),
    );
  });

  it("of the run are removed when it goes on, and not before", async () => {
    const dir = await storeRun();
    const store = reopenRun(dir, 1, 2);
    expect(existsSync(join(dir, "SHA256SUMS"))).toBe(true);
    store.append(record);
    expect(existsSync(join(dir, "SHA256SUMS"))).toBe(false);
    store.seal();
    store.update({ ...run, outcome: "interrupted" });
    expect(existsSync(join(dir, "SHA256SUMS"))).toBe(false);
  });

  it("of raw files lose a line that a crash cut off", async () => {
    const dir = await storeRun();
    const complete = linesOf(join(dir, "raw.sha256"));
    appendFileSync(join(dir, "raw.sha256"), "0123");
    reopenRun(dir, 1, 2);
    expect(linesOf(join(dir, "raw.sha256"))).toEqual(complete);
  });
});

it("parses only lines of sha256sum", () => {
  const digest = "0".repeat(64);
  expect(parseDigestLine(`${digest}  raw/x`)).toEqual({ digest, path: "raw/x" });
  for (const line of [
    "",
    digest,
    `${digest} raw/x`,
    `${digest}  a b`,
    `${digest.slice(1)}  raw/x`,
    `\\${digest}  raw/x`,
  ])
    expect(parseDigestLine(line)).toBeNull();
});
