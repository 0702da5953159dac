/** ADD: the keys and value types of the result in each version. */
import type { JsonObject } from "../../cni/index.ts";
import { isIpv6 } from "../../core/ip.ts";
import { withSharedFacts } from "./clause.ts";
import { demand } from "./demand.ts";
import { resultFault } from "./printed-result.ts";
import { shapeFaults, type ShapeFault } from "./result-shape.ts";
import type { ClauseContext } from "./clause-context.ts";
import { observeAddOnce } from "../node/observed.ts";

async function hasNoFault(context: ClauseContext, kinds: readonly ShapeFault["kind"][]): Promise<void> {
  const { raw } = (await observeAddOnce(context)).added.result;
  demandNoFault(context, raw, kinds);
}

/** Runtimes also read the keys of later versions, and discard a result in which one of them has another type. */
async function hasValidTypes(context: ClauseContext): Promise<void> {
  const { raw } = (await observeAddOnce(context)).added.result;
  demandNoFault(context, raw, ["type"]);
  const fault = resultFault(raw);
  demand(fault === null, "a result that runtimes can read", fault ?? "");
}

function demandNoFault({ version }: ClauseContext, raw: JsonObject, kinds: readonly ShapeFault["kind"][]): void {
  const fault = shapeFaults(raw, version).find(({ kind }) => kinds.includes(kind));
  demand(fault === undefined, `a valid result of version ${version}`, `${fault?.path ?? ""}: ${fault?.problem ?? ""}`);
}

async function familiesMatch(context: ClauseContext): Promise<void> {
  const { result } = (await observeAddOnce(context)).added;
  for (const { address, gateway } of result.ips)
    demand(
      gateway === undefined || isIpv6(gateway) === isIpv6(address),
      `a gateway of the IP family of ${address}`,
      gateway ?? "",
    );
  for (const { dst, gw } of result.routes)
    demand(gw === undefined || isIpv6(gw) === isIpv6(dst), `a next hop of the IP family of ${dst}`, gw ?? "");
}

const hasKnownKeys = (context: ClauseContext): Promise<void> => hasNoFault(context, ["future", "key"]);
const RESULT = "5-ADD";

export const addResultShape = withSharedFacts({ chain: "whole" }, [
  {
    id: "add.result.shape.020",
    level: "MUST",
    until: "0.2.0",
    kinds: ["interface", "ipam", "chained"],
    section: "0.2.0 Result",
    sentence: "A result of version 0.1.0 or 0.2.0 contains only ip4, ip6, and dns.",
    test: hasKnownKeys,
  },
  {
    id: "add.result.shape.03x",
    level: "MUST",
    since: "0.3.0",
    until: "0.4.0",
    kinds: ["interface", "ipam", "chained"],
    section: "0.3.1 Result",
    sentence: "A result of version 0.3.0 to 0.4.0 contains only keys of these versions.",
    test: (context) => hasNoFault(context, ["future", "key", "family"]),
  },
  {
    id: "add.result.shape.ipversion",
    level: "MUST",
    since: "0.3.0",
    until: "0.4.0",
    kinds: ["interface", "ipam"],
    section: "0.3.1 IPs",
    sentence: "In a result of version 0.3.0 to 0.4.0, every address has a version, 4 or 6, that matches it.",
    test: (context) => hasNoFault(context, ["family"]),
  },
  {
    id: "add.result.shape.100",
    level: "MUST",
    since: "1.0.0",
    until: "1.0.0",
    section: RESULT,
    sentence: "A result of version 1.0.0 contains only keys of that version.",
    test: hasKnownKeys,
  },
  {
    id: "add.result.shape.110",
    level: "MUST",
    since: "1.1.0",
    until: "1.1.0",
    section: RESULT,
    sentence: "A result of version 1.1.0 contains only keys of that version.",
    test: hasKnownKeys,
  },
  {
    id: "add.result.nofuture",
    level: "derived",
    section: RESULT,
    sentence: "A result contains no keys of another version.",
    test: (context) => hasNoFault(context, ["future"]),
  },
  {
    id: "add.result.types",
    level: "MUST",
    section: RESULT,
    sentence: "Every value of a result has the type and format that the specification defines.",
    test: hasValidTypes,
  },
  {
    id: "add.result.family",
    level: "derived",
    earlier: { before: "1.0.0", level: "MUST" },
    since: "0.3.0",
    kinds: ["interface", "ipam"],
    section: "0.4.0 Routes",
    sentence: "A gateway has the IP family of its address, and a next hop that of its destination.",
    test: familiesMatch,
  },
]);
