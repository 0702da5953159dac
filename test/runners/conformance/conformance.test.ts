/** What a benchmark checks of a plugin that it has deployed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { conformance } from "../../../runners/conformance/conformance.ts";
import type { DeploymentContext } from "../../../runners/runner.ts";
import { MUTANTS, openLab, subjectOf, type Lab } from "./lab.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
}, 300_000);
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

/** As cilium-cni and its kind are: all work is done by an agent, which is asked through a socket. */
const SERVED = `#!/bin/sh
case $CNI_COMMAND in
  VERSION) echo '{"cniVersion":"0.3.1","supportedVersions":["0.3.0","0.3.1"]}' ;;
  ADD) echo '{"cniVersion":"0.3.1","code":11,"msg":"is the agent running?"}'; exit 1 ;;
esac
`;

test("a plugin whose agent does not serve a test node has broken nothing that needs ADD", async () => {
  await lab.putMutant("served", SERVED);
  const { list } = subjectOf("bridge", "0.3.1");
  const network = { ...list, plugins: list.plugins.map((plugin) => ({ ...plugin, type: "served" })) };
  const deployment = { plugin: "served", node: lab.node, network, pluginPath: [MUTANTS] };
  const results = await conformance.run({ deployment, keep: () => undefined, signal: new AbortController().signal } as unknown as DeploymentContext);
  const of = (clause: string): unknown => results.find((result) => result.clause === clause);
  expect(of("add.creates")).toMatchObject({ status: "skip", message: expect.stringMatching(/^ADD works for pods, but not on a test node, where no agent of the plugin runs: .*is the agent running\?/) as string });
  expect(of("version.list.truth.listed")).toMatchObject({ status: "skip" });
  expect(of("version.list.semver")).toMatchObject({ status: "pass" });
}, 60_000);
