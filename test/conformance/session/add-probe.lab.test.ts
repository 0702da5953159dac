/** An ADD that never works is reported once. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { guessProfile } from "../../../conformance/under-test/profile.ts";
import { runConformance } from "../../../conformance/session/conformance-run.ts";
import { BIN, MUTANTS, openLab, underTestOf, type Lab } from "../lab.ts";

const TIMEOUT = 60_000;

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
}, 300_000);
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

test(
  "an ADD that never works is reported once, with the words of the plugin",
  async () => {
    await lab.putMutant("no-daemon", `#!/bin/sh\necho '{"code":101,"msg":"daemon not found"}'; exit 1\n`);
    const { list } = underTestOf("bridge", "1.0.0");
    const broken = { ...list, plugins: list.plugins.map((plugin) => ({ ...plugin, type: "no-daemon" })) };
    const { conformance, warnings } = await runConformance({
      plugin: "no-daemon",
      nodes: [lab.node.shell],
      signal: new AbortController().signal,
      ...{ list: broken, profile: guessProfile(broken), pluginPath: [MUTANTS, BIN], versions: ["1.0.0"] },
      only: "env.exit.success,env.ifname.accept,add.*,del.*",
      jobs: 2,
    });
    expect(conformance.filter(({ status }) => status === "fail").map(({ clause }) => clause)).toEqual([
      "env.exit.success",
    ]);
    const words = "ADD fails: no-daemon ADD: code 101: daemon not found";
    const skips = conformance.filter(({ status, notApplicable }) => status === "skip" && !notApplicable);
    expect(new Set(skips.map(({ message }) => message))).toEqual(new Set([words]));
    expect(warnings).toEqual([
      { code: "protocol-only", message: `testing only clauses that need no ADD at 1.0.0: ${words}` },
    ]);
  },
  TIMEOUT,
);
