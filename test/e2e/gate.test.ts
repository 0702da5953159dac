/**
 * The gate of `run --confirm`, against a base run: a plugin that is 100 ms slower in ADD, and one that has not changed.
 * The change is large because tests share a machine with others.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeBinary } from "../../bench/campaign/gate-binaries.ts";
import { createHost } from "../../core/local.ts";
import type { GateFile } from "../../results/index.ts";
import { findCniPlugin } from "../../tools/index.ts";
import { cnibench, expectVerified, temporaryDir } from "../helpers/cnibench.ts";

const ORIGINAL = findCniPlugin(createHost(), "bridge") ?? "";

/** Returns a directory with a bridge that does more in ADD. */
function binDir(dir: string, name: string, before: string): string {
  writeBinary(join(dir, name, "bridge"), ORIGINAL, { before });
  return join(dir, name);
}

function gateIn(dir: string): GateFile {
  return JSON.parse(readFileSync(join(dir, "gate.json"), "utf8")) as GateFile;
}

test("only a change that two measurements show fails a build", async () => {
  const dir = temporaryDir();
  const suite = join(dir, "suite.yaml");
  const scenarios = [{ name: "pods", runner: "lifecycle" }];
  writeFileSync(suite, JSON.stringify({ name: "gate", blocks: 6, duration: "1s", scenarios }));
  const [unchanged, slow] = [binDir(dir, "unchanged", ":"), binDir(dir, "slow", "sleep 0.1")];
  const base = join(dir, "base");
  const measure = (bin: string, out: string, ...more: readonly string[]): ReturnType<typeof cnibench> =>
    cnibench(["run", "--plugins", "bridge", "--suite", suite, "--bin-dir", bin, "--out", join(dir, out), ...more]);
  const confirm = ["--confirm", base, "--base-bin-dir", unchanged, "--fail-on", "regression", "--threshold", "50%"];
  expect((await measure(unchanged, "base")).exitCode).toBe(0);

  const slower = await measure(slow, "slower", ...confirm, "--report", "json,junit");
  expect(slower.stderr).toMatch(/gate: measuring \d+ suspected regressions? again .* about \d+ s, at most \d+ s/);
  expect(slower.exitCode).toBe(5);
  const found = gateIn(join(dir, "slower"));
  expect(found).toMatchObject({ outcome: "regression", confirmation: { design: "paired" } });
  expect(found.suspects.find(({ metric }) => metric === "add-time")?.state).toBe("confirmed");
  expect(readFileSync(join(dir, "slower/comparison.xml"), "utf8")).toContain("<failure");
  await expectVerified(join(dir, "slower/confirmation"));

  const same = await measure(unchanged, "same", ...confirm);
  expect(gateIn(join(dir, "same")).outcome).toBe("passed");
  expect(same.exitCode).toBe(0);
  expect(existsSync(join(dir, "same/comparison.html"))).toBe(true);
});
