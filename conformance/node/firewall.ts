/** Firewall rules of a network namespace by chain, as iptables and nft list them. */
import { run, type Shell } from "../../core/shell.ts";
import { valueAt, numberAt, stringAt, tryParse } from "../../core/untrusted-json.ts";
import { skipIfUnlisted } from "./firewall-tools.ts";
import { LIST_OBJECTS_SCRIPT, LISTED } from "./kernel-objects.ts";
import { inspect } from "./recorder.ts";

export interface FirewallRule {
  /** `iptables nat CNI-DN-1`, `nft inet filter forward` */
  readonly chain: string;
  /** The rule as the tool lists it, without counters. */
  readonly spec: string;
  /** Identifies the rule for nft; 0 for iptables, which identifies it by `spec`. */
  readonly handle: number;
}

const READ_SCRIPT = `${LIST_OBJECTS_SCRIPT}
for i in ip ip6; do
  echo "\${i}tables"
  case $objects in ${LISTED.iptables}) command -v \${i}tables-save >/dev/null && \${i}tables-save 2>/dev/null ;; esac
done
echo nft
case $objects in ${LISTED.nft}) command -v nft >/dev/null && nft -j list ruleset 2>/dev/null ;; esac
true`;

export interface Firewall {
  /** In the order in which the tools list them. */
  readonly rules: readonly FirewallRule[];
  /** Policies of the built-in chains of iptables: `iptables filter FORWARD DROP`. */
  readonly policies: readonly string[];
}

/** Rules in the order in which the tools list them. @throws Skip when the tool that lists a table is missing */
export async function readFirewallRules(shell: Shell): Promise<readonly FirewallRule[]> {
  return (await readFirewall(shell)).rules;
}

/** @throws Skip when the tool that lists a table is missing */
export async function readFirewall(shell: Shell): Promise<Firewall> {
  const [objects = "", ipv4 = "", ipv6 = "", nft = ""] = (await inspect(shell, READ_SCRIPT)).split(
    /^(?:ip6?tables|nft)\n/m,
  );
  skipIfUnlisted(objects.split("\n"));
  const saved = [parseIptablesSave("iptables", ipv4), parseIptablesSave("ip6tables", ipv6)];
  const rules = saved.flatMap((firewall) => firewall.rules);
  // nft lists the tables of iptables as well.
  const tables = new Set(rules.map(({ chain }) => chain.split(" ").slice(0, 2).join(" ")));
  return {
    rules: [...rules, ...parseNftRuleset(nft).filter(({ chain }) => !tables.has(iptablesTable(chain)))],
    policies: saved.flatMap(({ policies }) => policies),
  };
}

function iptablesTable(nftChain: string): string {
  const [, family, table] = nftChain.split(" ");
  return `${family === "ip6" ? "ip6tables" : "iptables"} ${family === "ip" || family === "ip6" ? table : ""}`;
}

function parseIptablesSave(binary: "iptables" | "ip6tables", output: string): Firewall {
  const rules: FirewallRule[] = [];
  const policies: string[] = [];
  let table = "";
  for (const line of output.split("\n")) {
    if (line.startsWith("*")) table = line.slice(1);
    const [, built = "", policy = ""] = /^:(\S+) (ACCEPT|DROP)\b/.exec(line) ?? [];
    if (built !== "") policies.push(`${binary} ${table} ${built} ${policy}`);
    const [, chain = "", spec = ""] = /^(?:\[\d+:\d+\] )?-A (\S+) (.*)$/.exec(line) ?? [];
    if (chain !== "") rules.push({ chain: `${binary} ${table} ${chain}`, spec, handle: 0 });
  }
  return { rules, policies };
}

function parseNftRuleset(output: string): FirewallRule[] {
  const objects = valueAt(tryParse(output), "nftables");
  return (Array.isArray(objects) ? objects : []).flatMap((object: unknown): FirewallRule[] => {
    const expr = valueAt(object, "rule", "expr");
    if (expr === undefined) return [];
    const chain = ["family", "table", "chain"].map((key) => stringAt(object, "rule", key) ?? "");
    const spec = JSON.stringify(expr ?? "").replace(/"(packets|bytes)":\d+/g, "");
    return [{ chain: `nft ${chain.join(" ")}`, spec, handle: numberAt(object, "rule", "handle") ?? 0 }];
  });
}

/** Rules of `now` that are not in `before`; identical rules count separately. */
export function addedRules(before: readonly FirewallRule[], now: readonly FirewallRule[]): readonly FirewallRule[] {
  const known = before.map(({ chain, spec }) => `${chain} ${spec}`);
  return now.filter(({ chain, spec }) => {
    const i = known.indexOf(`${chain} ${spec}`);
    if (i !== -1) known.splice(i, 1);
    return i === -1;
  });
}

/** @param rules rules of one chain */
export async function deleteFirewallRules(shell: Shell, rules: readonly FirewallRule[]): Promise<void> {
  const [binary = "", ...location] = rules[0]?.chain.split(" ") ?? [];
  if (binary === "nft") {
    for (const { handle } of rules) await run(shell, ["nft", "delete", "rule", ...location, "handle", String(handle)]);
    return;
  }
  const [table = "", chain = ""] = location;
  // iptables-restore parses the quotes of iptables-save, a command line would not.
  const input = [`*${table}`, ...rules.map(({ spec }) => `-D ${chain} ${spec}`), "COMMIT", ""].join("\n");
  await run(shell, [`${binary}-restore`, "--noflush"], { stdin: input });
}
