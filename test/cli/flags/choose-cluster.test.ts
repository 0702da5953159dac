/** The cluster kind that the flags select, and flags that the kind does not support. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chooseCluster, resolveCluster } from "../../../cli/flags/choose-cluster.ts";
import { plugins } from "../../../plugins/index.ts";
import type { Plugin } from "../../../plugins/plugin.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

const { bridge, flannel, simplecni } = plugins;

test("auto is the fastest kind for which every plugin has a recipe", () => {
  const agent: Plugin = { name: "agent", summary: "", encapsulation: "" };
  expect(resolveCluster(host, "auto", [bridge, simplecni], []).cluster).toBe("netns");
  expect(resolveCluster(host, "auto", [bridge, agent], [])).toEqual({
    cluster: "kind",
    reason: "agent has no recipe for netns",
  });
  expect(resolveCluster(host, "kind", [bridge], [])).toEqual({ cluster: "kind", reason: "requested" });
});

test("a recipe counts only if its binaries are installed or fetchable", () => {
  const nowhere: Plugin = {
    ...flannel,
    bare: { ...flannel.bare, downloadUrls: { nowhered: "https://example.com" }, daemonBinaries: ["nowhered"] },
  };
  expect(resolveCluster(host, "auto", [bridge, nowhere], [])).toEqual({
    cluster: "kind",
    reason: "flannel requires nowhered on netns: not found",
  });
  const folder = temporaryDir();
  writeFileSync(join(folder, "nowhered"), "#!/bin/sh\n", { mode: 0o755 });
  expect(resolveCluster(host, "auto", [bridge, nowhere], [folder]).cluster).toBe("netns");
});

test.each([
  [{ cluster: "kind", underlayDelay: 0.01 }, /^--underlay-delay: .*kind clusters/],
  [{ cluster: "netns", loadImage: "mine:1" }, /^--load-image: requires Kubernetes, which netns/],
  [{ cluster: "kind", images: "/nowhere.tar" }, /^--images \/nowhere\.tar: not a file.*docker save/],
  [{ cluster: "kind", registryMirror: "http://mirror" }, /^--registry-mirror http:\/\/mirror: .*HOST:PORT/],
  [{ cluster: "kind", nodes: 100 }, /^--nodes 100: .*kind clusters .*\b8\b/],
])("%j: one problem that names the flag and the reason", (flags, problem) => {
  const problems: string[] = [];
  chooseCluster({ nodes: 2, underlayMtu: 1500, ...flags }, problems);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(problem);
});
