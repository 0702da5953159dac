/** Firewall rules of a network namespace by chain, from iptables and nft, so that those of one chain can be taken away. */
import { run, type Shell } from "../../core/shell.ts";
import { valueAt, numberAt, stringAt, tryParse } from "../../core/json.ts";
import { skipUnlessListable } from "./firewall-tools.ts";
import { inspect } from "./recorder.ts";

export interface FirewallRule {
  /** `iptables nat CNI-DN-1`, `nft inet filter forward` */
  readonly chain: string;
  /** What it says, without counters. */
  readonly spec: string;
  /** What nft knows it by; iptables knows it by its text. */
  readonly handle: number;
}

const IPTABLES_BINARIES = ["iptables", "ip6tables"] as const;
const READ_SCRIPT = `for program in ${IPTABLES_BINARIES.join(" ")}; do echo "$program"; command -v $program-save >/dev/null && $program-save 2>/dev/null; done
echo nft; command -v nft >/dev/null && nft -j list ruleset 2>/dev/null; true`;

/** Rules in the order in which the tools list them. @throws Skip when the tool that lists a table is missing */
export async function readFirewallRules(shell: Shell): Promise<readonly FirewallRule[]> {
  await skipUnlessListable(shell);
  const [four = "", rest = ""] = (await inspect(shell, READ_SCRIPT)).split("\nip6tables\n");
  const [six = "", nft = ""] = `\n${rest}`.split("\nnft\n");
  const rules = [...parseIptablesSave("iptables", four), ...parseIptablesSave("ip6tables", six)];
  // Tables of iptables show up in nft as well.
  const tables = new Set(rules.map(({ chain }) => chain.split(" ").slice(0, 2).join(" ")));
  return [...rules, ...parseNftRuleset(nft).filter(({ chain }) => !tables.has(iptablesTable(chain)))];
}

function iptablesTable(nftChain: string): string {
  const [, family, table] = nftChain.split(" ");
  return `${family === "ip6" ? "ip6tables" : "iptables"} ${family === "ip" || family === "ip6" ? table : ""}`;
}

function parseIptablesSave(program: (typeof IPTABLES_BINARIES)[number], text: string): FirewallRule[] {
  let table = "";
  return text.split("\n").flatMap((line): FirewallRule[] => {
    if (line.startsWith("*")) table = line.slice(1);
    const [, chain = "", said = ""] = /^(?:\[\d+:\d+\] )?-A (\S+) (.*)$/.exec(line) ?? [];
    return chain === "" ? [] : [{ chain: `${program} ${table} ${chain}`, spec: said, handle: 0 }];
  });
}

function parseNftRuleset(text: string): FirewallRule[] {
  const objects = valueAt(tryParse(text), "nftables");
  return (Array.isArray(objects) ? objects : []).flatMap((object: unknown): FirewallRule[] => {
    const expr = valueAt(object, "rule", "expr");
    const place = ["family", "table", "chain"].map((key) => stringAt(object, "rule", key) ?? "");
    const said = JSON.stringify(expr ?? "").replace(/"(packets|bytes)":\d+/g, "");
    return expr === undefined
      ? []
      : [{ chain: `nft ${place.join(" ")}`, spec: said, handle: numberAt(object, "rule", "handle") ?? 0 }];
  });
}

/** Rules of `now` that were not there before; two that say the same count as two. */
export function addedRules(before: readonly FirewallRule[], now: readonly FirewallRule[]): readonly FirewallRule[] {
  const old = before.map(({ chain, spec: text }) => `${chain} ${text}`);
  return now.filter(({ chain, spec: text }) => {
    const i = old.indexOf(`${chain} ${text}`);
    if (i !== -1) old.splice(i, 1);
    return i === -1;
  });
}

/** Deletes rules, all of one chain. */
export async function deleteFirewallRules(shell: Shell, rules: readonly FirewallRule[]): Promise<void> {
  const [program = "", ...place] = rules[0]?.chain.split(" ") ?? [];
  if (program === "nft") {
    for (const { handle } of rules) await run(shell, ["nft", "delete", "rule", ...place, "handle", String(handle)]);
    return;
  }
  const [table = "", chain = ""] = place;
  // The program itself reads what it wrote, quotes and all.
  const input = [`*${table}`, ...rules.map(({ spec: text }) => `-D ${chain} ${text}`), "COMMIT", ""].join("\n");
  await run(shell, [`${program}-restore`, "--noflush"], { stdin: input });
}
