/** The gate of `run --confirm` from its measured run to its exit code and reports. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { decideGate } from "../../../cli/commands/gate.ts";
import { EXIT, type ExitCode } from "../../../cli/exit-code.ts";
import { openGate, type OpenGate, type Phases } from "../../engine/gate/fake-gate.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { captureTerminal } from "../../helpers/terminal.ts";

afterEach(() => vi.restoreAllMocks());

const SLOWER: Phases = { base: 5, head: 4, again: 4 };

async function decide({ host, gate, session }: OpenGate, failOn = ["regression"]): Promise<ExitCode> {
  return decideGate(host, gate, session, { report: ["json", "csv", "junit"], failOn, progress: false });
}

it("returns 5 for a confirmed regression, and only with --fail-on regression", async () => {
  const terminal = captureTerminal();
  const opened = await openGate(SLOWER);
  expect(await decide(opened)).toBe(EXIT.regression);
  expect(terminal.stderr()).toMatch(
    /gate: measuring 1 suspected regression again .* at most \d+ s\n[^]*gate: 1 confirmed/,
  );
  expect(terminal.stdout()).toContain("at most 2.5 %");
  const { dir } = opened.session.store;
  expect(JSON.parse(readFileSync(join(dir, "comparison.json"), "utf8"))).toMatchObject({ design: "unpaired" });
  expect(readFileSync(join(dir, "comparison.xml"), "utf8")).toContain("<failure");
  expect(existsSync(join(dir, "comparison.csv"))).toBe(false);
  expect(await decide(await openGate(SLOWER), ["conformance"])).toBe(EXIT.success);
});

it("returns 0 without a regression, and 3 if nothing can be concluded", async () => {
  captureTerminal();
  expect(await decide(await openGate({ ...SLOWER, again: 5 }))).toBe(EXIT.success);
  expect(await decide(await openGate({ ...SLOWER, again: Number.NaN }))).toBe(EXIT.notMeasured);
});

it("annotates workflows of GitHub Actions and their summaries", async () => {
  const terminal = captureTerminal();
  const summary = join(temporaryDir(), "summary.md");
  const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary };
  await decide(await openGate(SLOWER, {}, { env }));
  expect(terminal.stdout()).toMatch(/^::error [^\n]*regression/m);
  expect(readFileSync(summary, "utf8")).toContain("cnibench-compare");
});
