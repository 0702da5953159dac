/** A clause that judges what the test of another clause observed shows how to reproduce its failure. */
import { expect, test } from "vitest";
import { parseNetworkConfig } from "../../../cni/conf.ts";
import { BIN, testNetwork, useLab } from "../lab.ts";

const lab = useLab();

test("the evidence of a shared observation is that of the test that made it", async () => {
  const script = `#!/bin/sh\n${BIN}/bridge | sed 's/"mac": "[^"]*"/"mac": "02:00:00:00:00:09"/'\n`;
  await lab().putMutant("macless", script);
  const ipam = { type: "host-local", subnet: "10.99.0.0/24" };
  const list = parseNetworkConfig(
    JSON.stringify({ cniVersion: "1.0.0", name: "n", plugins: [{ type: "macless", bridge: "b0", ipam }] }),
    "macless",
  );
  const { conformance } = await testNetwork(lab(), list, {
    versions: ["1.0.0"],
    jobs: 1,
    first: ["add.result.ips.onlink"],
    only: "add.result.ips.onlink,add.result.interfaces.mac",
  });
  const results = Object.fromEntries(conformance.map((row) => [row.clause, row]));
  expect(results["add.result.ips.onlink"]).toMatchObject({ status: "pass" });
  expect(results["add.result.interfaces.mac"]).toMatchObject({ status: "fail" });
  const lines = results["add.result.interfaces.mac"]?.reproduce?.split("\n") ?? [];
  expect(lines.filter((line) => line.includes("CNI_COMMAND=ADD"))).toHaveLength(1);
}, 60_000);
