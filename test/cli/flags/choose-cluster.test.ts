/** The cluster kind that the flags select, and flags that the kind does not support. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chooseCluster, resolveAuto } from "../../../cli/flags/choose-cluster.ts";
import { clusters } from "../../../clusters/index.ts";
import { plugins } from "../../../plugins/index.ts";
import type { Plugin } from "../../../plugins/plugin.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

const { bridge, flannel, kindnet, simplecni } = plugins;

test("auto is the fastest kind for which every plugin has a recipe", () => {
  const agent: Plugin = { name: "agent", summary: "", encapsulation: "" };
  expect(resolveAuto(host, [bridge, simplecni], [])).toEqual({
    kind: clusters.netns,
    reason: "every plugin has a recipe for netns",
  });
  expect(resolveAuto(host, [kindnet], [])).toEqual({
    kind: clusters.kind,
    reason: "kindnet has no recipe for netns",
  });
  expect(resolveAuto(host, [bridge, agent], [])).toEqual({
    kind: clusters.kind,
    reason: "agent has no recipe for netns",
  });
});

test("a recipe counts only if its binaries are installed or fetchable", () => {
  const nowhere: Plugin = {
    ...flannel,
    bare: { ...flannel.bare, downloadUrls: { nowhered: "https://example.com" }, daemonBinaries: ["nowhered"] },
  };
  expect(resolveAuto(host, [bridge, nowhere], [])).toEqual({
    kind: clusters.kind,
    reason: "flannel requires nowhered on netns: not found",
  });
  const folder = temporaryDir();
  writeFileSync(join(folder, "nowhered"), "#!/bin/sh\n", { mode: 0o755 });
  expect(resolveAuto(host, [bridge, nowhere], [folder]).kind).toBe(clusters.netns);
});

test.each([
  [{ cluster: "kind", underlayDelay: 0.01 }, /^--underlay-delay: .*kind clusters/],
  [{ cluster: "netns", loadImage: "mine:1" }, /^--load-image: requires Kubernetes, which netns/],
  [{ cluster: "kind", images: "/nowhere.tar" }, /^--images \/nowhere\.tar: not a file.*docker save/],
  [{ cluster: "kind", registryMirror: "http://mirror" }, /^--registry-mirror http:\/\/mirror: .*HOST:PORT/],
  [{ cluster: "netns", clustersAtOnce: 2 }, /^--clusters-at-once: netns clusters are created one after the other/],
  [{ cluster: "kind", nodes: 100 }, /^--nodes 100: .*kind clusters .*\b8\b/],
])("%j: one problem that names the flag and the reason", (flags, problem) => {
  const problems: string[] = [];
  chooseCluster({ nodes: 2, underlayMtu: 1500, ...flags }, problems);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(problem);
});

test("the values of the options are parsed once, into the specification", () => {
  const problems: string[] = [];
  const { kind, spec } = chooseCluster(
    { cluster: "kind", nodes: 3, underlayMtu: 1500, ...{ loadImage: "mine:1" } },
    problems,
  );
  expect(problems).toEqual([]);
  expect(kind).toBe(clusters.kind);
  expect(spec).toEqual({ nodes: 3, underlayMtu: 1500, options: { loadImage: "mine:1" } });
});
