/** ADD: whether its result has the form of its version. */
import { isIPv6 } from "node:net";
import { demand, type Clause } from "../clause.ts";
import { shapeFaults, type ShapeFault } from "../result-shape.ts";
import type { ClauseContext } from "../clause-context.ts";

async function faultless(context: ClauseContext, kinds: readonly ShapeFault["kind"][]): Promise<void> {
  const { raw } = await context.add();
  const fault = shapeFaults(raw, context.version).find(({ kind }) => kinds.includes(kind));
  demand(
    fault === undefined,
    `a result in the form of ${context.version}`,
    `${fault?.where ?? ""}: ${fault?.what ?? ""}`,
  );
}

async function families(context: ClauseContext): Promise<void> {
  const { result } = await context.add();
  const v6 = (address: string): boolean => isIPv6(address.split("/")[0] ?? "");
  for (const { address, gateway } of result.ips)
    demand(
      gateway === undefined || v6(gateway) === v6(address),
      `a gateway of the family of ${address}`,
      gateway ?? "",
    );
  for (const { dst, gw } of result.routes)
    demand(gw === undefined || v6(gw) === v6(dst), `a next hop of the family of ${dst}`, gw ?? "");
}

const shape = (context: ClauseContext): Promise<void> => faultless(context, ["future", "key"]);
const RESULT = "5-ADD";

export const addResultShape = [
  {
    id: "add.result.shape.020",
    level: "MUST",
    until: "0.2.0",
    kinds: ["interface", "ipam", "chained"],
    section: "0.2.0 Result",
    sentence: "A result of version 0.1.0 or 0.2.0 contains only ip4, ip6, and dns.",
    test: shape,
  },
  {
    id: "add.result.shape.03x",
    level: "MUST",
    since: "0.3.0",
    until: "0.4.0",
    kinds: ["interface", "ipam", "chained"],
    section: "0.3.1 Result",
    sentence: "A result of version 0.3.0 to 0.4.0 contains only keys of these versions.",
    test: (context) => faultless(context, ["future", "key", "family"]),
  },
  {
    id: "add.result.shape.ipversion",
    level: "MUST",
    since: "0.3.0",
    until: "0.4.0",
    kinds: ["interface", "ipam"],
    section: "0.3.1 IPs",
    sentence: "In a result of version 0.3.0 to 0.4.0, every address has a version, 4 or 6, that matches it.",
    test: (context) => faultless(context, ["family"]),
  },
  {
    id: "add.result.shape.100",
    level: "MUST",
    since: "1.0.0",
    until: "1.0.0",
    section: RESULT,
    sentence: "A result of version 1.0.0 contains only keys of that version.",
    test: shape,
  },
  {
    id: "add.result.shape.110",
    level: "MUST",
    since: "1.1.0",
    until: "1.1.0",
    section: RESULT,
    sentence: "A result of version 1.1.0 contains only keys of that version.",
    test: shape,
  },
  {
    id: "add.result.nofuture",
    level: "derived",
    section: RESULT,
    sentence: "A result contains no keys of another version.",
    test: (context) => faultless(context, ["future"]),
  },
  {
    id: "add.result.types",
    level: "MUST",
    section: RESULT,
    sentence: "Every value of a result has the type and format that the specification defines.",
    test: (context) => faultless(context, ["type"]),
  },
  {
    id: "add.result.family",
    level: "derived",
    earlier: { before: "1.0.0", level: "MUST" },
    since: "0.3.0",
    kinds: ["interface", "ipam"],
    section: "0.4.0 Routes",
    sentence: "A gateway has the IP family of its address, and a next hop that of its destination.",
    test: families,
  },
] as const satisfies readonly Clause[];
