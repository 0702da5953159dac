/** ADD: whether its result tells the truth about interfaces, addresses and routes. */
import { inSubnet, sameFamily } from "../addresses.ts";
import { notApplicableUnless, demand, type Clause } from "../clause.ts";
import { formatRoute, type Route } from "../net-state.ts";
import type { AddedAttachment, ClauseContext } from "../clause-context.ts";
import { addAndObserve, canonicalAddress, readNamespaces, unusualIfName, type ObservedAdd } from "../observed.ts";

async function answersInVersion(context: ClauseContext): Promise<void> {
  const { raw } = await context.add();
  demand(
    raw.cniVersion === context.version,
    `cniVersion ${context.version}, as asked`,
    JSON.stringify(raw.cniVersion ?? null),
  );
}

async function namesContainerLink(context: ClauseContext): Promise<void> {
  const { result, ifName } = await context.add(await context.createContainer(unusualIfName(context)));
  const seen = result.interfaces.map(({ name, sandbox }) => `${name}${sandbox === undefined ? "" : ` in ${sandbox}`}`);
  demand(
    result.interfaces.some(({ name, sandbox }) => name === ifName && sandbox !== undefined),
    `an entry ${ifName} with a sandbox`,
    seen.join(", ") || "no interfaces",
  );
}

/** Where an entry says that it is: in the container, or on the node. */
function linksOf({ inside, node }: ObservedAdd, sandbox: string | undefined): ObservedAdd["inside"]["links"] {
  return sandbox === undefined ? node.links : inside.links;
}

async function interfacesExist(context: ClauseContext): Promise<void> {
  const observed = await addAndObserve(context, unusualIfName(context));
  for (const { name, sandbox } of observed.added.result.interfaces) {
    const links = linksOf(observed, sandbox).map((link) => link.name);
    demand(
      links.includes(name),
      `${name} ${sandbox === undefined ? "on the node" : "in the container"}`,
      `only ${links.join(", ")}`,
    );
  }
}

async function macsAreTrue(context: ClauseContext): Promise<void> {
  const observed = await addAndObserve(context);
  for (const { name, sandbox, mac } of observed.added.result.interfaces) {
    const link = linksOf(observed, sandbox).find((candidate) => candidate.name === name);
    if (link === undefined || link.mac === "") continue;
    demand(mac?.toLowerCase() === link.mac, `${name} with MAC ${link.mac}, as the kernel has it`, mac ?? "no mac");
  }
}

/** A path that nobody would choose, so that one which was resolved on the way shows. */
async function sandboxAsGiven(context: ClauseContext): Promise<void> {
  const { container, ...rest } = await context.createContainer();
  const netns = `/run/netns/../netns/${container.id}`;
  const added = await context.add({ ...rest, container: { ...container, netns } });
  const [inside] = await readNamespaces(context, added);
  for (const { name, sandbox } of added.result.interfaces) {
    if (sandbox === undefined)
      demand(name !== added.ifName, `${name} with sandbox ${netns}, the value of CNI_NETNS`, "no sandbox");
    else demand(sandbox === netns, `sandbox ${netns}, the value of CNI_NETNS`, sandbox);
    if (sandbox !== undefined)
      demand(
        inside.links.some((link) => link.name === name),
        `a sandbox only for links in the container`,
        `${name} has one`,
      );
  }
}

/** The link that carries an address of the result; before 0.3.0 a result names none. */
function carrierOf(
  context: ClauseContext,
  { result, ifName }: AddedAttachment,
  index: number | undefined,
): { readonly name: string; readonly onNode: boolean } {
  const entry = context.version < "0.3.0" || index === undefined ? undefined : result.interfaces[index];
  return { name: entry?.name ?? ifName, onNode: entry !== undefined && entry.sandbox === undefined };
}

async function addressesAreThere(context: ClauseContext): Promise<void> {
  const { added, inside, node } = await addAndObserve(context);
  for (const ip of added.result.ips) {
    const { name, onNode } = carrierOf(context, added, ip.interface);
    const there = (onNode ? node : inside).addresses.filter(({ link }) => link === name).map(({ cidr }) => cidr);
    demand(
      there.includes(canonicalAddress(ip.address)),
      `${ip.address} on ${name}`,
      there.join(", ") || "no address there",
    );
  }
}

async function addressesNameTheirLink(context: ClauseContext): Promise<void> {
  const { result, ifName } = await context.add();
  for (const { address, interface: index } of result.ips) {
    demand(index !== undefined, `${address} with an index into interfaces`, "none");
    const entry = result.interfaces[index];
    demand(entry !== undefined, `an index below ${result.interfaces.length}`, String(index));
    demand(
      entry.sandbox === undefined || entry.name === ifName,
      `${address} on ${ifName}`,
      `index ${index}, which is ${entry.name}`,
    );
  }
}

async function addressesAreComplete(context: ClauseContext): Promise<void> {
  const { added, inside } = await addAndObserve(context);
  const told = added.result.ips.map(({ address }) => canonicalAddress(address));
  const there = inside.addresses.filter(({ link, scope }) => link === added.ifName && scope === "global");
  const untold = there.find(({ cidr }) => !told.includes(cidr));
  demand(untold === undefined, `every address of ${added.ifName} in the result`, `${untold?.cidr ?? ""} is not`);
}

async function gatewaysFit(context: ClauseContext): Promise<void> {
  const { added, inside } = await addAndObserve(context);
  for (const { address, gateway } of added.result.ips) {
    if (gateway === undefined) continue;
    const own = address.split("/")[0] ?? "";
    demand(
      canonicalAddress(gateway) !== canonicalAddress(own),
      `a gateway other than the address ${own} itself`,
      gateway,
    );
    // A /32 or /128 has no room: its gateway is reached by a route of its own.
    const routed = inside.routes.some(
      ({ dst, gw, dev }) => dev === added.ifName && gw === "" && inSubnet(gateway, dst),
    );
    demand(
      sameFamily(gateway, own) && (inSubnet(gateway, address) || routed),
      `a gateway inside ${address} or on the link`,
      gateway,
    );
  }
}

async function addressesAreUnique(context: ClauseContext): Promise<void> {
  notApplicableUnless(!context.underTest.configured.includes("fixed"), "the configuration names the address");
  const first = await context.add();
  const second = await context.add();
  const taken = first.result.ips.map(({ address }) => canonicalAddress(address.split("/")[0] ?? ""));
  const twice = second.result.ips.find(({ address }) => taken.includes(canonicalAddress(address.split("/")[0] ?? "")));
  demand(twice === undefined, "another address for the second container", `${twice?.address ?? ""} again`);
}

async function routesAreThere(context: ClauseContext): Promise<void> {
  const { added, inside } = await addAndObserve(context);
  const there = inside.routes.filter(({ dev }) => dev === added.ifName);
  for (const route of added.result.routes) {
    const dst = canonicalAddress(route.dst);
    // Without a next hop of its own, the gateway of an address serves, or the link itself.
    const gateways =
      route.gw === undefined
        ? ["", ...added.result.ips.flatMap(({ gateway }) => (gateway === undefined ? [] : [canonicalAddress(gateway)]))]
        : [canonicalAddress(route.gw)];
    const found = there.some((candidate: Route) => candidate.dst === dst && gateways.includes(candidate.gw));
    demand(
      found,
      `route ${dst}${route.gw === undefined ? "" : ` via ${route.gw}`} on ${added.ifName}`,
      there.map(formatRoute).join(", ") || "no route there",
    );
  }
}

const RESULT = "5-ADD";

export const addResult = [
  {
    id: "add.result.version",
    level: "MUST",
    earlier: { before: "0.4.0", level: "derived" },
    section: RESULT,
    sentence: "The ADD result has the cniVersion of the request.",
    test: answersInVersion,
  },
  {
    id: "add.result.interfaces.container",
    level: "MUST",
    since: "0.3.0",
    kinds: ["interface"],
    section: RESULT,
    sentence: "The ADD result lists CNI_IFNAME with its sandbox.",
    test: namesContainerLink,
  },
  {
    id: "add.result.interfaces.exist",
    level: "derived",
    since: "0.3.0",
    kinds: ["interface"],
    section: RESULT,
    sentence: "Every interface in the ADD result exists in the namespace that the result states.",
    test: interfacesExist,
  },
  {
    id: "add.result.interfaces.mac",
    level: "MUST",
    since: "0.3.0",
    kinds: ["interface"],
    section: RESULT,
    sentence: "The MAC address of every interface in the ADD result matches the kernel.",
    test: macsAreTrue,
  },
  {
    id: "add.result.interfaces.sandbox",
    level: "MUST",
    since: "0.3.0",
    kinds: ["interface"],
    section: RESULT,
    sentence: "The sandbox of a container interface is the exact value of CNI_NETNS; a node interface has no sandbox.",
    test: sandboxAsGiven,
  },
  {
    id: "add.result.ips.onlink",
    level: "derived",
    kinds: ["interface"],
    section: RESULT,
    sentence: "Every address in the ADD result is assigned to the interface that the result names.",
    test: addressesAreThere,
  },
  {
    id: "add.result.ips.index",
    level: "MUST",
    since: "0.3.0",
    kinds: ["interface"],
    section: RESULT,
    sentence: "Every address in the ADD result references its interface by index.",
    test: addressesNameTheirLink,
  },
  {
    id: "add.result.ips.complete",
    level: "derived",
    kinds: ["interface"],
    section: RESULT,
    sentence: "The ADD result contains every global address of CNI_IFNAME.",
    test: addressesAreComplete,
  },
  {
    id: "add.result.ips.gateway",
    level: "derived",
    kinds: ["interface"],
    section: RESULT,
    sentence: "The gateway of an address is inside its subnet or on the link, and differs from the address.",
    test: gatewaysFit,
  },
  {
    id: "add.result.ips.unique",
    level: "derived",
    kinds: ["interface", "ipam"],
    section: "1-Overview",
    sentence: "No two containers in a network have the same address.",
    test: addressesAreUnique,
  },
  {
    id: "add.result.routes.installed",
    level: "derived",
    kinds: ["interface"],
    section: RESULT,
    sentence: "Every route in the ADD result exists in the container and uses CNI_IFNAME.",
    test: routesAreThere,
  },
] as const satisfies readonly Clause[];
