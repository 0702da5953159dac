/** Which cluster the flags ask for, and flags that do not go together with it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chooseCluster, resolveCluster } from "../../cli/cluster.ts";
import { plugins } from "../../plugins/index.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import { temporaryDir } from "../helpers/cnibench.ts";

const { bridge, flannel, simplecni } = plugins;

test("auto is the quickest kind that every plugin has a recipe for", () => {
  const agent: Plugin = { name: "agent", summary: "", encapsulation: "" };
  expect(resolveCluster("auto", [bridge, simplecni], []).cluster).toBe("netns");
  expect(resolveCluster("auto", [bridge, agent], [])).toEqual({
    cluster: "kind",
    reason: "agent has no recipe for netns",
  });
  expect(resolveCluster("kind", [bridge], [])).toEqual({ cluster: "kind", reason: "asked for" });
});

test("a recipe counts only where its programs are here or can be fetched", () => {
  const nowhere: Plugin = {
    ...flannel,
    bare: { ...flannel.bare, downloadUrls: { nowhered: "https://example.com" }, daemonBinaries: ["nowhered"] },
  };
  expect(resolveCluster("auto", [bridge, nowhere], [])).toEqual({
    cluster: "kind",
    reason: "flannel needs nowhered for netns, which is not here",
  });
  const folder = temporaryDir();
  writeFileSync(join(folder, "nowhered"), "#!/bin/sh\n", { mode: 0o755 });
  expect(resolveCluster("auto", [bridge, nowhere], [folder]).cluster).toBe("netns");
});

test.each([
  [{ cluster: "kind", underlayDelay: 0.01 }, "kind clusters have the network that they come with"],
  [{ cluster: "netns", loadImage: "mine:1" }, "--load-image is for clusters with Kubernetes, and netns has none"],
  [{ cluster: "kind", images: "/nowhere.tar" }, "--images /nowhere.tar is no file; make one with: docker save"],
  [{ cluster: "kind", registryMirror: "http://mirror" }, "--registry-mirror http://mirror is no HOST:PORT"],
  [{ cluster: "kind", nodes: 100 }, "--nodes 100 is more than the 8 that kind can have"],
])("%j is told", (flags, sentence) => {
  const problems: string[] = [];
  chooseCluster({ nodes: 2, underlayMtu: 1500, ...flags }, problems);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(sentence);
});
