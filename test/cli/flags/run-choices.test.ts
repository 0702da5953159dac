/** Flags become choices, and contradictions between them are problems. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readChoices, type ChoiceFlags } from "../../../cli/flags/run-choices.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

/** Writes a configuration of ptp with this network name. */
function confNamed(name: string): string {
  const file = join(temporaryDir(), "net.conflist");
  writeFileSync(file, JSON.stringify({ cniVersion: "1.0.0", name, plugins: [{ type: "ptp" }] }));
  return file;
}

async function pluginsOf(flags: Pick<ChoiceFlags, "conf" | "plugins">): Promise<string[]> {
  const { plugins } = await readChoices(fakeHost(), { ...flags, cluster: "netns", nodes: 2, underlayMtu: 1500 });
  return plugins.map(({ name }) => name);
}

test("an exploratory run has no headlines", async () => {
  const flags = { cluster: "netns", nodes: 2, underlayMtu: 1500, blocks: 1 };
  const headlines = async (given: Partial<ChoiceFlags>): Promise<readonly string[]> =>
    (await readChoices(fakeHost(), { ...flags, ...given })).suites.flatMap((suite) => suite.headlines);
  expect(await headlines({})).toHaveLength(4);
  expect(await headlines({ exploratory: true })).toEqual([]);
});

test("a stored suite may have fewer blocks than its headlines need, because one plugin is not compared", async () => {
  const flags = { cluster: "netns", nodes: 2, underlayMtu: 1500, plugins: ["bridge"] };
  const { suites } = await readChoices(fakeHost(), { ...flags, blocks: 1 });
  const stored = suites.map(({ scenarios, ...suite }) => ({
    ...suite,
    scenarios: scenarios.map(({ paths, ...scenario }) => (paths.length === 0 ? scenario : { ...scenario, paths })),
  }));
  expect((await readChoices(fakeHost(), flags, stored)).suites).toEqual(suites);
});

test("a network is measured under its own name", async () => {
  expect(await pluginsOf({ conf: [confNamed("mine")], plugins: ["host", "bridge"] })).toEqual(["bridge", "mine"]);
});

test("a network with the name of the baseline is refused", async () => {
  await expect(pluginsOf({ conf: [confNamed("host")] })).rejects.toThrow(/plugin name "host" is that of the baseline/);
  await expect(pluginsOf({ conf: [confNamed("host")], plugins: ["host"] })).rejects.toThrow(/baseline/);
});

test("a plugin with the name of another one, or given twice, is refused", async () => {
  const [mine, bridge] = [confNamed("mine"), confNamed("bridge")];
  await expect(pluginsOf({ conf: [mine, confNamed("mine")] })).rejects.toThrow('duplicate plugin "mine"');
  await expect(pluginsOf({ plugins: ["bridge", "ptp"], conf: [bridge] })).rejects.toThrow('duplicate plugin "bridge"');
  await expect(pluginsOf({ plugins: ["ptp", "ptp"] })).rejects.toThrow('duplicate plugin "ptp"');
});
