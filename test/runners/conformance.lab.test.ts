/** The checks of a benchmark on a deployed plugin. */
import type { NetworkConfigList } from "../../cni/types.ts";
import { expect, test } from "vitest";
import { conformance } from "../../runners/conformance.ts";
import type { DeploymentContext } from "../../runners/runner.ts";
import { MUTANTS, networkWithBinary, testNetwork, useLab } from "../conformance/lab.ts";

const lab = useLab();

/** A plugin like cilium-cni, whose agent does all the work and is reached through a socket. */
const SERVED = `#!/bin/sh
case $CNI_COMMAND in
  VERSION) echo '{"cniVersion":"0.3.1","supportedVersions":["0.3.0","0.3.1"]}' ;;
  ADD) echo '{"cniVersion":"0.3.1","code":11,"msg":"is the agent running?"}'; exit 1 ;;
esac
`;

/** A network of that plugin. */
async function served(): Promise<NetworkConfigList> {
  await lab().putMutant("served", SERVED);
  return networkWithBinary("bridge", "0.3.1", "served");
}

test("clauses that need ADD are skipped for a plugin whose agent does not serve test nodes", async () => {
  const network = await served();
  const deployment = { plugin: "served", node: lab().node, network, pluginPath: [MUTANTS] };
  const check = (installed: boolean): ReturnType<typeof conformance.run> =>
    conformance.run({
      deployment: { ...deployment, servesKubernetes: installed },
      keep: () => undefined,
      signal: new AbortController().signal,
    } as unknown as DeploymentContext);
  const results = await check(true);
  const of = (clause: string): unknown => results.find((result) => result.clause === clause);
  expect(of("add.creates")).toMatchObject({
    status: "skip",
    message: expect.stringMatching(
      /^ADD works for pods, but not on a test node, .*: .*is the agent running\?/,
    ) as string,
  });
  expect(of("version.list.truth.listed")).toMatchObject({ status: "skip" });
  expect(of("version.list.semver")).toMatchObject({ status: "pass" });
  // Where cnibench creates the pods itself, a failing ADD counts.
  expect((await check(false)).find(({ clause }) => clause === "version.list.truth.listed")).toMatchObject({
    status: "fail",
    expected: expect.stringContaining("ADD") as string,
    got: expect.stringContaining("is the agent running?") as string,
    reproduce: expect.stringMatching(/CNI_COMMAND=ADD.* \/opt\/cni\/mutants\/served/) as string,
  });
}, 60_000);

test("the suite tests clauses that need no ADD if the plugin configured the pods", async () => {
  const list = await served();
  const options = {
    pluginPath: [MUTANTS],
    versions: ["0.3.1"],
    only: "env.exit.success,version.list.semver,version.list.truth.listed",
  } as const;
  const verdicts = async (installed: boolean): Promise<string[]> =>
    (await testNetwork(lab(), list, { ...options, installed })).conformance.map(
      ({ clause, status }) => `${clause} ${status}`,
    );
  const others = ["version.list.semver pass", "version.list.truth.listed skip"];
  expect((await verdicts(true)).toSorted()).toEqual(["env.exit.success skip", ...others]);
  // An ADD that never works is reported once.
  expect((await verdicts(false)).toSorted()).toEqual(["env.exit.success fail", ...others]);
}, 60_000);
