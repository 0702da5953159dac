/** The plugin of an existing cluster, as it is planned and stored. */
import { expect, test } from "vitest";
import { existingPlugin } from "../../../cli/flags/existing-cluster.ts";
import type { ExistingClusters, InstalledPlugin } from "../../../clusters/index.ts";
import type { Plugin } from "../../../plugins/index.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

const CALICO: InstalledPlugin = {
  name: "calico",
  version: "v3.30.0",
  encapsulation: "VXLAN Always",
  features: ["eBPF"],
  policy: true,
};

/** Returns the plugin of a cluster on which `installed` is detected, and the problems. */
async function detect(
  installed: InstalledPlugin | null,
  names?: readonly string[],
): Promise<{ readonly plugin: Plugin | undefined; readonly problems: readonly string[] }> {
  const existing = { detectPlugin: () => Promise.resolve(installed) } as unknown as ExistingClusters;
  const problems: string[] = [];
  const [plugin] = await existingPlugin(fakeHost(), { existing, options: {} }, names, problems);
  return { plugin, problems };
}

test("a recognized plugin has its name, version and encapsulation", async () => {
  const { plugin, problems } = await detect(CALICO, ["calico", "host"]);
  expect(problems).toEqual([]);
  expect(plugin).toMatchObject({
    name: "calico",
    encapsulation: "VXLAN Always, eBPF",
    kubernetes: { version: "v3.30.0", install: null, enforcesPolicy: true },
  });
});

test("what was not detected is stored as unknown; an unknown plugin may enforce policies", async () => {
  expect((await detect({ ...CALICO, version: null, encapsulation: null })).plugin).toMatchObject({
    encapsulation: "unknown, eBPF",
    kubernetes: { version: "unknown" },
  });
  expect((await detect(null)).plugin).toMatchObject({
    name: "unknown",
    encapsulation: "unknown",
    kubernetes: { version: "unknown", enforcesPolicy: true },
  });
});

test.each([
  [CALICO, /^--plugins flannel: the cluster has calico v3\.30\.0;/],
  [null, /^--plugins flannel: the cluster has an unknown plugin;/],
])("a problem names the plugin of the cluster instead of another one", async (installed, problem) => {
  expect((await detect(installed, ["flannel"])).problems).toEqual([expect.stringMatching(problem)]);
});
