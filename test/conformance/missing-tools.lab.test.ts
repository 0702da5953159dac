/**
 * Conformance on nodes without iptables and nft: only clauses that need their output are skipped, and none passes
 * unseen.
 */
import { beforeAll, expect, test } from "vitest";
import { parseNetworkConfig } from "../../cni/conf.ts";
import type { NetworkConfigList } from "../../cni/types.ts";
import { run, type Shell, wrapShell } from "../../core/shell.ts";
import { fetchTools } from "../../tools/fetch.ts";
import { HOST_ROOT } from "../../clusters/netns/launch.ts";
import { findTool } from "../../tools/find.ts";
import type { ConformanceRow } from "../../results/clause-result.ts";
import { networkWithBinary, testNetwork, underTestOf, useLab } from "./lab.ts";
import { wrapperBinary } from "./plugin-wrapper.ts";
import { createHost } from "../../core/local.ts";

const host = createHost();

const TIMEOUT = 60_000;

/** Makes a directory ($1) that starts every command of the search path, except those that match a glob. */
const HIDE_COMMANDS = `mkdir -p "$1"; IFS=:
for dir in $PATH; do
  for file in "$dir"/*; do
    name=\${file##*/}
    case $name in HIDDEN) continue ;; esac
    [ ! -x "$file" ] || [ -e "$1/$name" ] || printf '#!/bin/sh\\nexec "%s" "$@"\\n' "$file" >"$1/$name"
  done
done
chmod 755 "$1"/*`;

beforeAll(() => fetchTools(host, ["iptables", "nft"]), 300_000); // before the lab, whose nodes use them
const lab = useLab();
let withoutFirewallTools: Shell;
let withIptablesOnly: Shell;
beforeAll(async () => {
  withoutFirewallTools = await hideCommands("/opt/cni/no-firewall-tools", "*tables*|nft*");
  withIptablesOnly = await hideCommands("/opt/cni/iptables-only", "nft*");
});

/** The lab's node with a search path that lacks the commands. */
async function hideCommands(dir: string, glob: string): Promise<Shell> {
  const { shell } = lab().node;
  await run(shell, ["sh", "-ec", HIDE_COMMANDS.replace("HIDDEN", glob), "sh", dir]);
  return wrapShell(shell, shell.name, ["env", `PATH=${dir}`]);
}

async function rowsOf(node: Shell, list: NetworkConfigList, only: string): Promise<Record<string, ConformanceRow>> {
  const { conformance, warnings } = await testNetwork(lab(), list, {
    nodes: [node],
    versions: [list.cniVersion],
    only,
    jobs: 2,
  });
  expect(warnings.filter(({ code }) => code === "test-failed")).toEqual([]);
  return Object.fromEntries(conformance.map((row) => [row.clause, row]));
}

/** simplecni that also runs a firewall tool by its path, as a plugin with a bundled copy does. */
async function simplecniWith(name: string, tool: "iptables" | "nft", args: string): Promise<NetworkConfigList> {
  // Nodes have a /tmp of their own, and the cache of a user may be below /tmp.
  const path = `${HOST_ROOT}${findTool(host, tool) ?? ""}`;
  const command = `ADD) out=$(real) || { echo "$out"; exit 1; }; "${path}" ${args} || exit 1; echo "$out" ;;`;
  await lab().putMutant(name, wrapperBinary({ base: "simplecni", script: command }));
  return networkWithBinary("simplecni", "1.1.0", name);
}

test(
  "a plugin without firewall rules is judged as if the tools were installed",
  async () => {
    const { list } = underTestOf("simplecni", "1.1.0");
    const rows = await rowsOf(withoutFirewallTools, list, "add.creates,del.undo,leak.rules,check.tamper.rules");
    expect(rows["add.creates"]).toMatchObject({ status: "pass" });
    expect(rows["leak.rules"]).toMatchObject({ status: "pass" });
    expect(rows["check.tamper.rules"]).toMatchObject({ status: "skip", notApplicable: true });
  },
  TIMEOUT,
);

test(
  "rules that no tool can list: clauses about them are skipped, the others judged",
  async () => {
    const list = await simplecniWith(
      "bundled-iptables",
      "iptables",
      `-A FORWARD -m comment --comment "$CNI_CONTAINERID"`,
    );
    const only = "add.creates,leak.links,leak.rules,check.tamper.rules,gc.stale.host";
    const rows = await rowsOf(withoutFirewallTools, list, only);
    expect(rows["add.creates"]).toMatchObject({ status: "pass" });
    expect(rows["leak.links"]).toMatchObject({ status: "pass" });
    for (const clause of ["leak.rules", "check.tamper.rules", "gc.stale.host"]) {
      expect(rows[clause], clause).toMatchObject({
        status: "skip",
        message: expect.stringMatching(/^needs iptables: not found on the node/) as string,
      });
      expect(rows[clause], clause).not.toHaveProperty("notApplicable");
    }
  },
  TIMEOUT,
);

test(
  "tables that iptables does not list need nft",
  async () => {
    const list = await simplecniWith("bundled-nft", "nft", "add table inet leak");
    const rows = await rowsOf(withIptablesOnly, list, "leak.rules,check.tamper.rules");
    for (const clause of ["leak.rules", "check.tamper.rules"])
      expect(rows[clause], clause).toMatchObject({
        status: "skip",
        message: expect.stringMatching(/^needs nft: not found on the node, .*inet leak/) as string,
      });
  },
  TIMEOUT,
);

test(
  "a configuration that needs iptables is not covered by the others: the clause is skipped with the plugin's error",
  async () => {
    const { list } = underTestOf("bridge", "1.0.0");
    const only = "add.creates,leak.rules,check.tamper.rules,cfg.ipmasq.semantics";
    const rows = await rowsOf(withoutFirewallTools, list, only);
    expect(rows["add.creates"]).toMatchObject({ status: "pass" });
    for (const clause of ["leak.rules", "check.tamper.rules", "cfg.ipmasq.semantics"]) {
      expect(rows[clause], clause).toMatchObject({
        status: "skip",
        message: expect.stringMatching(/^needs iptables: not found on the node.*bridge ADD: .*iptables/) as string,
      });
      expect(rows[clause], clause).not.toHaveProperty("notApplicable");
    }
  },
  TIMEOUT,
);

test(
  "a plugin whose own configuration needs iptables is not failed for the missing tool",
  async () => {
    const { list } = underTestOf("bridge", "1.0.0");
    const text = JSON.stringify({
      cniVersion: "1.0.0",
      name: "testnet",
      plugins: list.plugins.map(({ raw }) => ({ ...raw, ipMasq: true })),
    });
    const only = "add.creates,env.exit.success,cfg.name.accept,version.shape";
    const rows = await rowsOf(withoutFirewallTools, parseNetworkConfig(text, "bridge"), only);
    for (const clause of ["add.creates", "env.exit.success", "cfg.name.accept"]) {
      expect(rows[clause], clause).toMatchObject({
        status: "skip",
        message: expect.stringMatching(/^needs iptables: not found on the node .*iptables/) as string,
      });
    }
    expect(rows["version.shape"]).toMatchObject({ status: "pass" });
  },
  TIMEOUT,
);
