/** Violations in the tests of other clauses reach the clauses about every execution. */
import { expect, test } from "vitest";
import { parseNetworkConfig } from "../../../cni/conf.ts";
import type { ConformanceRow } from "../../../results/clause-result.ts";
import { BIN, testNetwork, useLab } from "../lab.ts";

const lab = useLab();

/** Only one clause executes DEL without CNI_NETNS. */
const UNUSUAL = "del.netns.unset";

/** The result of a clause for bridge with a script for DEL without CNI_NETNS, tested with other clauses or alone. */
async function rowOf(
  clause: string,
  { name, script, others = "" }: { name: string; script: string; others?: string },
): Promise<ConformanceRow | undefined> {
  await lab().putMutant(
    name,
    `#!/bin/sh\n[ "$CNI_COMMAND" != DEL ] || [ -n "$CNI_NETNS" ] || { ${script}; }\nexec ${BIN}/bridge\n`,
  );
  const ipam = { type: "host-local", subnet: "10.99.0.0/24" };
  const list = parseNetworkConfig(
    JSON.stringify({ cniVersion: "1.0.0", name: "n", plugins: [{ type: name, bridge: "b0", ipam }] }),
    name,
  );
  const { conformance } = await testNetwork(lab(), list, {
    versions: ["1.0.0"],
    jobs: 2,
    first: ["exec.crash", "exec.files"],
    only: `${others},${clause}`,
  });
  return conformance.find((row) => row.clause === clause);
}

test.each([
  {
    name: "crashing",
    clause: "exec.crash",
    script: `echo "$0: 3: CNI_NETNS: parameter not set" >&2; exit 2`,
    got: /parameter not set/,
  },
  { name: "littering", clause: "exec.files", script: ": >/tmp/unusual", got: /^\/tmp\/unusual$/ },
])(
  "$clause judges the executions of the test of another clause",
  async ({ name, clause, script, got }) => {
    expect(await rowOf(clause, { name, script })).toMatchObject({ status: "pass" });
    const row = await rowOf(clause, { name, script, others: UNUSUAL });
    expect(row).toMatchObject({ status: "fail", got: expect.stringMatching(got) as string });
    expect(row?.reproduce?.split("\n").at(-1)).toMatch(/CNI_COMMAND=DEL(?!.* CNI_NETNS=\/)/);
  },
  60_000,
);
