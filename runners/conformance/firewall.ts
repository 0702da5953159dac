/** Firewall rules of a network namespace by chain, from iptables and nft, so that those of one chain can be taken away. */
import { run, type Shell } from "../../core/shell.ts";
import { at, numberAt, stringAt, tryParse } from "../../core/json.ts";
import { look } from "./steps.ts";

export interface Rule {
  /** `iptables nat CNI-DN-1`, `nft inet filter forward` */
  readonly chain: string;
  /** What it says, without counters. */
  readonly text: string;
  /** What nft knows it by; iptables knows it by its text. */
  readonly handle: number;
}

const IPTABLES = ["iptables", "ip6tables"] as const;
const READ = `for program in ${IPTABLES.join(" ")}; do echo "$program"; command -v $program-save >/dev/null && $program-save 2>/dev/null; done
echo nft; command -v nft >/dev/null && nft -j list ruleset 2>/dev/null; true`;

/** In the order in which the programs list them. */
export async function readRules(shell: Shell): Promise<readonly Rule[]> {
  const [four = "", rest = ""] = (await look(shell, READ)).split("\nip6tables\n");
  const [six = "", nft = ""] = `\n${rest}`.split("\nnft\n");
  const rules = [...savedRules("iptables", four), ...savedRules("ip6tables", six)];
  // Tables of iptables show up in nft as well.
  const tables = new Set(rules.map(({ chain }) => chain.split(" ").slice(0, 2).join(" ")));
  return [...rules, ...nftRules(nft).filter(({ chain }) => !tables.has(iptablesTable(chain)))];
}

function iptablesTable(nftChain: string): string {
  const [, family, table] = nftChain.split(" ");
  return `${family === "ip6" ? "ip6tables" : "iptables"} ${family === "ip" || family === "ip6" ? table : ""}`;
}

function savedRules(program: (typeof IPTABLES)[number], text: string): Rule[] {
  let table = "";
  return text.split("\n").flatMap((line): Rule[] => {
    if (line.startsWith("*")) table = line.slice(1);
    const [, chain = "", said = ""] = /^(?:\[\d+:\d+\] )?-A (\S+) (.*)$/.exec(line) ?? [];
    return chain === "" ? [] : [{ chain: `${program} ${table} ${chain}`, text: said, handle: 0 }];
  });
}

function nftRules(text: string): Rule[] {
  const objects = at(tryParse(text), "nftables");
  return (Array.isArray(objects) ? objects : []).flatMap((object: unknown): Rule[] => {
    const expr = at(object, "rule", "expr");
    const place = ["family", "table", "chain"].map((key) => stringAt(object, "rule", key) ?? "");
    const said = JSON.stringify(expr ?? "").replace(/"(packets|bytes)":\d+/g, "");
    return expr === undefined
      ? []
      : [{ chain: `nft ${place.join(" ")}`, text: said, handle: numberAt(object, "rule", "handle") ?? 0 }];
  });
}

/** Rules of `now` that were not there before; two that say the same count as two. */
export function newRules(before: readonly Rule[], now: readonly Rule[]): readonly Rule[] {
  const old = before.map(({ chain, text }) => `${chain} ${text}`);
  return now.filter(({ chain, text }) => {
    const i = old.indexOf(`${chain} ${text}`);
    if (i !== -1) old.splice(i, 1);
    return i === -1;
  });
}

/** Deletes rules, all of one chain. */
export async function deleteRules(shell: Shell, rules: readonly Rule[]): Promise<void> {
  const [program = "", ...place] = rules[0]?.chain.split(" ") ?? [];
  if (program === "nft") {
    for (const { handle } of rules) await run(shell, ["nft", "delete", "rule", ...place, "handle", String(handle)]);
    return;
  }
  const [table = "", chain = ""] = place;
  // The program itself reads what it wrote, quotes and all.
  const input = [`*${table}`, ...rules.map(({ text }) => `-D ${chain} ${text}`), "COMMIT", ""].join("\n");
  await run(shell, [`${program}-restore`, "--noflush"], { stdin: input });
}
