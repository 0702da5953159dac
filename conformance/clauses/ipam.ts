/** IPAM plugins: the result, and the addresses in it. */
import { isDeepStrictEqual } from "node:util";
import { isList, isObject, type JsonObject } from "../../cni/index.ts";
import { inRange } from "../../core/ip.ts";
import type { Clause } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import { changePlugins, ipamOf } from "../under-test/network-variants.ts";
import { describeCall } from "./call-output.ts";
import { withNetns } from "./operations.ts";
import { withSubnets } from "./leases.ts";

async function returnsNoInterfaces(context: ClauseContext): Promise<void> {
  const { raw } = (await context.add()).result;
  demand(
    raw.interfaces === undefined || (isList(raw.interfaces) && raw.interfaces.length === 0),
    "no interfaces in the result",
    JSON.stringify(raw.interfaces ?? null),
  );
  const hasIndex = isList(raw.ips) && raw.ips.some((ip) => isObject(ip) && ip.interface !== undefined);
  demand(!hasIndex, "no interface index in ips", JSON.stringify(raw.ips ?? null));
}

async function returnsAddress(context: ClauseContext): Promise<void> {
  const { ok, raw } = await context.tryAdd(await context.createContainer());
  if (!ok) return;
  const count = isList(raw?.ips)
    ? raw.ips.length
    : [raw?.ip4, raw?.ip6].filter((ip) => ip !== undefined && ip !== null).length;
  demand(count > 0, "an address, or an error", "success without an address");
}

async function staysInRange(context: ClauseContext): Promise<void> {
  const small = withSubnets(context, "10.203.0.0/29");
  const assigned: string[] = [];
  for (let i = 0; i < 8; i++) {
    const { ok, raw } = await small.tryAdd(await small.createContainer());
    if (!ok) break;
    assigned.push(...(JSON.stringify(raw?.ips ?? raw?.ip4).match(/10\.[0-9.]+(?=\/)/g) ?? []));
  }
  const reserved = ["10.203.0.0", "10.203.0.7", "10.203.0.1"];
  const invalid = assigned.find((address) => !inRange(address, "10.203.0.0/29") || reserved.includes(address));
  demand(
    invalid === undefined,
    "addresses inside 10.203.0.0/29, without network, broadcast and gateway",
    invalid ?? "",
  );
  demand(assigned.length > 0, "an address from 10.203.0.0/29", "none");
}

/** Demands that the result contains a value that the `ipam` object of the configuration contains. */
async function returnsConfigured(
  context: ClauseContext,
  key: "routes" | "dns",
  value: JsonObject[string],
): Promise<void> {
  const ipam = ipamOf(context.underTest.list);
  notApplicableUnless(
    ipam !== null && context.underTest.configured.includes(key),
    `the plugin does not read ${key} from its ipam object`,
  );
  const list = changePlugins(context.underTest.list, (raw) =>
    isObject(raw.ipam) ? { ...raw, ipam: { ...raw.ipam, [key]: value } } : raw,
  );
  const { result } = await context.withNetwork(list).add();
  const got =
    key === "routes" ? result.routes.map(({ dst, gw }) => ({ dst, ...(gw === undefined ? {} : { gw }) })) : result.dns;
  demand(isDeepStrictEqual(got, value), `the ${key} of the configuration in the result`, JSON.stringify(got));
}

async function ignoresNetns(context: ClauseContext): Promise<void> {
  const target = withNetns(await context.createContainer(), "/nonexistent");
  const { ok, raw, last } = await context.tryAdd(target);
  demand(ok, "ADD with a namespace that does not exist to succeed", describeCall(last));
  const deleted = await context.del({ ...target, raw });
  demand(deleted.ok, "DEL with a namespace that does not exist to succeed", describeCall(deleted.last));
}

const SECTION = "4";
const KINDS = ["ipam"] as const;

export const ipam = [
  {
    id: "ipam.result.nointerfaces",
    level: "MUST",
    earlier: { before: "1.0.0", level: "SHOULD" },
    since: "0.3.0",
    kinds: KINDS,
    section: "5-Delegated",
    sentence: "The result of an IPAM plugin contains no interfaces.",
    test: returnsNoInterfaces,
  },
  {
    id: "ipam.result.ips",
    level: "MUST",
    kinds: KINDS,
    section: SECTION,
    sentence: "An IPAM plugin returns an address or fails.",
    test: returnsAddress,
  },
  {
    id: "ipam.address.inrange",
    level: "derived",
    kinds: KINDS,
    section: SECTION,
    sentence: "Addresses are inside the range and are not the network, broadcast, or gateway address.",
    test: staysInRange,
  },
  {
    id: "ipam.routes",
    level: "derived",
    kinds: KINDS,
    section: SECTION,
    sentence: "The result contains the configured routes.",
    test: (context) => returnsConfigured(context, "routes", [{ dst: "203.0.113.0/24", gw: "10.97.0.1" }]),
  },
  {
    id: "ipam.dns",
    level: "derived",
    kinds: KINDS,
    section: "5-Delegated",
    sentence: "The result contains the configured dns.",
    test: (context) => returnsConfigured(context, "dns", { nameservers: ["192.0.2.53"], domain: "a.test" }),
  },
  {
    id: "ipam.netns.agnostic",
    dependsOnVersion: false,
    level: "SHOULD",
    kinds: KINDS,
    section: "2-DEL",
    sentence: "An IPAM plugin does not require the namespace to exist.",
    test: ignoresNetns,
  },
] as const satisfies readonly Clause[];
