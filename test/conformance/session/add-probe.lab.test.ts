/** An ADD that never works is reported once. */
import { expect, test } from "vitest";
import { networkWithBinary, testNetwork, useLab } from "../lab.ts";

const TIMEOUT = 60_000;

const lab = useLab();

test(
  "an ADD that never works is reported once, with the words of the plugin",
  async () => {
    await lab().putMutant("no-daemon", `#!/bin/sh\necho '{"code":101,"msg":"daemon not found"}'; exit 1\n`);
    const { conformance, warnings } = await testNetwork(lab(), networkWithBinary("bridge", "1.0.0", "no-daemon"), {
      versions: ["1.0.0"],
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
