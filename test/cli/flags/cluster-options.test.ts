/** The options of cluster kinds on the command line, and those that the chosen kind does not have. */
import { Command } from "commander";
import { expect, test } from "vitest";
import { addClusterOptions, clusterGroup, misplacedOptions } from "../../../cli/flags/cluster-options.ts";
import { type ClusterKind, clusters } from "../../../clusters/index.ts";

function optionsIn(group: string, command: string): (string | undefined)[] {
  const { options } = addClusterOptions(new Command(command));
  return options.filter(({ helpGroupHeading }) => helpGroupHeading === group).map(({ long }) => long);
}

test.each([
  ["run", "kind", ["--node-image", "--load-image", "--images", "--registry-mirror", "--clusters-at-once"]],
  ["lab", "kind", ["--node-image", "--load-image", "--images", "--registry-mirror"]],
  ["plan", "kubeconfig", ["--context", "--node-selector", "--image-pull-secret", "--install"]],
  ["lab", "kubeconfig", ["--context", "--node-selector", "--image-pull-secret"]],
  ["clean", "kubeconfig", ["--context"]],
  ["setup", "vm", ["--vm-archive"]],
  ["clean", "vm", []],
  ["run", "netns", []],
])("%s: options for %s clusters", (command, kind, options) => {
  expect(optionsIn(clusterGroup(kind), command)).toEqual(options);
});

test("values are parsed and passed by the camel-case names of their flags", () => {
  const command = addClusterOptions(new Command("run")).exitOverride();
  command.parse(["--vm-memory", "512M", "--vm-nics", "2", "--install"], { from: "user" });
  expect(command.opts()).toEqual({ vmMemory: 2 ** 29, vmNics: 2, install: true });
});

test("a problem names all options of one kind that the chosen kind does not have", () => {
  const flags = { vmCpus: 1, vmImage: "x", loadImage: "y", context: "z", install: true };
  expect(misplacedOptions(clusters.netns, flags)).toEqual([
    "--vm-cpus, --vm-image: requires virtual machines; add --cluster vm",
    "--load-image: requires Kubernetes, which netns clusters do not have; omit it, or use --cluster kind",
    "--context, --install: requires an existing cluster; add --cluster kubeconfig",
  ]);
  expect(misplacedOptions(clusters.kubeconfig, flags)).toEqual([
    "--vm-cpus, --vm-image: requires virtual machines; add --cluster vm",
  ]);
});

test("an option of several kinds is added once, and rejected for all others", () => {
  const other: ClusterKind = { ...clusters.netns, name: "other", maxClustersAtOnce: () => 4 };
  const kinds = [clusters.netns, clusters.kind, other];
  const { options } = addClusterOptions(new Command("run"), kinds);
  const headings = options.filter(({ long }) => long === "--clusters-at-once").map((one) => one.helpGroupHeading);
  expect(headings).toEqual([clusterGroup("kind")]);
  expect(misplacedOptions(other, { clustersAtOnce: 2 }, kinds)).toEqual([]);
  expect(misplacedOptions(clusters.netns, { clustersAtOnce: 2 }, kinds)).toEqual([
    "--clusters-at-once: netns clusters are created one after the other; omit it",
  ]);
});
