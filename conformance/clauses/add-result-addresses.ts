/** ADD: the addresses and routes in the result match the kernel. */
import { addressOf, canonicalAddress, inRange, isIpv6 } from "../../core/ip.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment } from "./attachment.ts";
import { formatRoute } from "../node/net-state.ts";
import { observeAddOnce } from "../node/observed.ts";

/** The link that the result names for an address; before 0.3.0 results name none, so CNI_IFNAME is assumed. */
function linkOf(
  context: ClauseContext,
  { result, ifName }: AddedAttachment,
  index: number | undefined,
): { readonly name: string; readonly onNode: boolean } {
  const entry = context.version < "0.3.0" || index === undefined ? undefined : result.interfaces[index];
  return { name: entry?.name ?? ifName, onNode: entry !== undefined && entry.sandbox === undefined };
}

async function addressesAreAssigned(context: ClauseContext): Promise<void> {
  const { added, inside, node } = await observeAddOnce(context);
  for (const ip of added.result.ips) {
    const { name, onNode } = linkOf(context, added, ip.interface);
    const assigned = (onNode ? node : inside).addresses.filter(({ link }) => link === name).map(({ cidr }) => cidr);
    demand(
      assigned.includes(canonicalAddress(ip.address)),
      `${ip.address} on ${name}`,
      assigned.join(", ") || `no address on ${name}`,
    );
  }
}

async function addressesReferenceLink(context: ClauseContext): Promise<void> {
  const { result, ifName } = (await observeAddOnce(context)).added;
  for (const { address, interface: index } of result.ips) {
    demand(index !== undefined, `${address} with an index into interfaces`, "none");
    const entry = result.interfaces[index];
    demand(entry !== undefined, `an index below ${result.interfaces.length}`, String(index));
    demand(
      entry.sandbox === undefined || entry.name === ifName,
      `${address} on ${ifName}`,
      `index ${index}, that is ${entry.name}`,
    );
  }
}

async function addressesAreComplete(context: ClauseContext): Promise<void> {
  const { added, inside } = await observeAddOnce(context);
  const listed = added.result.ips.map(({ address }) => canonicalAddress(address));
  const assigned = inside.addresses.filter(({ link, scope }) => link === added.ifName && scope === "global");
  const unlisted = assigned.find(({ cidr }) => !listed.includes(cidr));
  demand(
    unlisted === undefined,
    `every address of ${added.ifName} in the result`,
    `${unlisted?.cidr ?? ""} is missing`,
  );
}

async function gatewaysAreReachable(context: ClauseContext): Promise<void> {
  const { added, inside } = await observeAddOnce(context);
  for (const { address, gateway } of added.result.ips) {
    if (gateway === undefined) continue;
    const own = addressOf(address);
    demand(
      canonicalAddress(gateway) !== canonicalAddress(own),
      `a gateway that differs from the address ${own}`,
      gateway,
    );
    // The gateway of a /32 or /128 is reached by a separate route.
    const routed = inside.routes.some(({ dst, gw, dev }) => dev === added.ifName && gw === "" && inRange(gateway, dst));
    demand(
      isIpv6(gateway) === isIpv6(own) && (inRange(gateway, address) || routed),
      `a gateway inside ${address} or on the link`,
      gateway,
    );
  }
}

async function addressesAreUnique(context: ClauseContext): Promise<void> {
  notApplicableUnless(!context.underTest.configured.includes("fixed"), "the configuration assigns a fixed address");
  const first = await context.add();
  const second = await context.add();
  const firstAddresses = first.result.ips.map(({ address }) => canonicalAddress(addressOf(address)));
  const duplicate = second.result.ips.find(({ address }) =>
    firstAddresses.includes(canonicalAddress(addressOf(address))),
  );
  demand(duplicate === undefined, "a different address for the second container", `${duplicate?.address ?? ""} again`);
}

async function routesAreInstalled(context: ClauseContext): Promise<void> {
  const { added, inside } = await observeAddOnce(context);
  const installed = inside.routes.filter(({ dev }) => dev === added.ifName);
  for (const route of added.result.routes) {
    const dst = canonicalAddress(route.dst);
    // A route without gw uses the gateway of an address or the link itself.
    const gateways =
      route.gw === undefined
        ? ["", ...added.result.ips.flatMap(({ gateway }) => (gateway === undefined ? [] : [canonicalAddress(gateway)]))]
        : [canonicalAddress(route.gw)];
    const found = installed.some((candidate) => candidate.dst === dst && gateways.includes(candidate.gw));
    demand(
      found,
      `route ${dst}${route.gw === undefined ? "" : ` via ${route.gw}`} on ${added.ifName}`,
      installed.map(formatRoute).join(", ") || `no route on ${added.ifName}`,
    );
  }
}

const RESULT = "5-ADD";
const LINKS = ["interface"] as const;

export const addResultAddresses = withSharedFacts({ chain: "whole" }, [
  {
    id: "add.result.ips.onlink",
    level: "derived",
    kinds: LINKS,
    core: true,
    section: RESULT,
    sentence: "Every address in the ADD result is assigned to the interface that the result names.",
    test: addressesAreAssigned,
  },
  {
    id: "add.result.ips.index",
    level: "MUST",
    since: "0.3.0",
    kinds: LINKS,
    core: true,
    section: RESULT,
    sentence: "Every address in the ADD result references its interface by index.",
    test: addressesReferenceLink,
  },
  {
    id: "add.result.ips.complete",
    level: "derived",
    kinds: LINKS,
    core: true,
    section: RESULT,
    sentence: "The ADD result contains every global address of CNI_IFNAME.",
    test: addressesAreComplete,
  },
  {
    id: "add.result.ips.gateway",
    level: "derived",
    kinds: LINKS,
    core: true,
    section: RESULT,
    sentence: "The gateway of an address is inside its subnet or on the link, and differs from the address.",
    test: gatewaysAreReachable,
  },
  {
    id: "add.result.ips.unique",
    level: "derived",
    kinds: ["interface", "ipam"],
    core: true,
    containers: "several",
    section: "1-Overview",
    sentence: "No two containers in a network have the same address.",
    test: addressesAreUnique,
  },
  {
    id: "add.result.routes.installed",
    level: "derived",
    kinds: LINKS,
    core: true,
    section: RESULT,
    sentence: "Every route in the ADD result exists in the container and uses CNI_IFNAME.",
    test: routesAreInstalled,
  },
]);
