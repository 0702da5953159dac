/** ADD: whether its result tells the truth about interfaces, addresses and routes. */
import { inSubnet, sameFamily } from "../addresses.ts";
import { concerns, demand, type Clause } from "../clause.ts";
import { routeText, type Route } from "../state.ts";
import type { Added, Trial } from "../trial.ts";
import { addAndLook, canonical, look, oddName, type Truth } from "../truth.ts";

async function answersInVersion(trial: Trial): Promise<void> {
  const { raw } = await trial.add();
  demand(
    raw.cniVersion === trial.version,
    `cniVersion ${trial.version}, as asked`,
    JSON.stringify(raw.cniVersion ?? null),
  );
}

async function namesContainerLink(trial: Trial): Promise<void> {
  const { result, ifName } = await trial.add(await trial.container(oddName(trial)));
  const seen = result.interfaces.map(({ name, sandbox }) => `${name}${sandbox === undefined ? "" : ` in ${sandbox}`}`);
  demand(
    result.interfaces.some(({ name, sandbox }) => name === ifName && sandbox !== undefined),
    `an entry ${ifName} with a sandbox`,
    seen.join(", ") || "no interfaces",
  );
}

/** Where an entry says that it is: in the container, or on the node. */
function linksOf({ inside, node }: Truth, sandbox: string | undefined): Truth["inside"]["links"] {
  return sandbox === undefined ? node.links : inside.links;
}

async function interfacesExist(trial: Trial): Promise<void> {
  const truth = await addAndLook(trial, oddName(trial));
  for (const { name, sandbox } of truth.added.result.interfaces) {
    const links = linksOf(truth, sandbox).map((link) => link.name);
    demand(
      links.includes(name),
      `${name} ${sandbox === undefined ? "on the node" : "in the container"}`,
      `only ${links.join(", ")}`,
    );
  }
}

async function macsAreTrue(trial: Trial): Promise<void> {
  const truth = await addAndLook(trial);
  for (const { name, sandbox, mac } of truth.added.result.interfaces) {
    const link = linksOf(truth, sandbox).find((candidate) => candidate.name === name);
    if (link === undefined || link.mac === "") continue;
    demand(mac?.toLowerCase() === link.mac, `${name} with MAC ${link.mac}, as the kernel has it`, mac ?? "no mac");
  }
}

/** A path that nobody would choose, so that one which was resolved on the way shows. */
async function sandboxAsGiven(trial: Trial): Promise<void> {
  const { container, ...rest } = await trial.container();
  const netns = `/run/netns/../netns/${container.id}`;
  const added = await trial.add({ ...rest, container: { ...container, netns } });
  const [inside] = await look(trial, added);
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
  trial: Trial,
  { result, ifName }: Added,
  index: number | undefined,
): { readonly name: string; readonly onNode: boolean } {
  const entry = trial.version < "0.3.0" || index === undefined ? undefined : result.interfaces[index];
  return { name: entry?.name ?? ifName, onNode: entry !== undefined && entry.sandbox === undefined };
}

async function addressesAreThere(trial: Trial): Promise<void> {
  const { added, inside, node } = await addAndLook(trial);
  for (const ip of added.result.ips) {
    const { name, onNode } = carrierOf(trial, added, ip.interface);
    const there = (onNode ? node : inside).addresses.filter(({ link }) => link === name).map(({ cidr }) => cidr);
    demand(there.includes(canonical(ip.address)), `${ip.address} on ${name}`, there.join(", ") || "no address there");
  }
}

async function addressesNameTheirLink(trial: Trial): Promise<void> {
  const { result, ifName } = await trial.add();
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

async function addressesAreComplete(trial: Trial): Promise<void> {
  const { added, inside } = await addAndLook(trial);
  const told = added.result.ips.map(({ address }) => canonical(address));
  const there = inside.addresses.filter(({ link, scope }) => link === added.ifName && scope === "global");
  const untold = there.find(({ cidr }) => !told.includes(cidr));
  demand(untold === undefined, `every address of ${added.ifName} in the result`, `${untold?.cidr ?? ""} is not`);
}

async function gatewaysFit(trial: Trial): Promise<void> {
  const { added, inside } = await addAndLook(trial);
  for (const { address, gateway } of added.result.ips) {
    if (gateway === undefined) continue;
    const own = address.split("/")[0] ?? "";
    demand(canonical(gateway) !== canonical(own), `a gateway other than the address ${own} itself`, gateway);
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

async function addressesAreUnique(trial: Trial): Promise<void> {
  concerns(!trial.subject.configured.includes("fixed"), "the configuration names the address");
  const first = await trial.add();
  const second = await trial.add();
  const taken = first.result.ips.map(({ address }) => canonical(address.split("/")[0] ?? ""));
  const twice = second.result.ips.find(({ address }) => taken.includes(canonical(address.split("/")[0] ?? "")));
  demand(twice === undefined, "another address for the second container", `${twice?.address ?? ""} again`);
}

async function routesAreThere(trial: Trial): Promise<void> {
  const { added, inside } = await addAndLook(trial);
  const there = inside.routes.filter(({ dev }) => dev === added.ifName);
  for (const route of added.result.routes) {
    const dst = canonical(route.dst);
    // Without a next hop of its own, the gateway of an address serves, or the link itself.
    const gateways =
      route.gw === undefined
        ? ["", ...added.result.ips.flatMap(({ gateway }) => (gateway === undefined ? [] : [canonical(gateway)]))]
        : [canonical(route.gw)];
    const found = there.some((candidate: Route) => candidate.dst === dst && gateways.includes(candidate.gw));
    demand(
      found,
      `route ${dst}${route.gw === undefined ? "" : ` via ${route.gw}`} on ${added.ifName}`,
      there.map(routeText).join(", ") || "no route there",
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
    sentence: "The result of ADD has the cniVersion of the request.",
    test: answersInVersion,
  },
  {
    id: "add.result.interfaces.container",
    level: "MUST",
    since: "0.3.0",
    kinds: ["interface"],
    section: RESULT,
    sentence: "The result lists CNI_IFNAME with its sandbox.",
    test: namesContainerLink,
  },
  {
    id: "add.result.interfaces.exist",
    level: "derived",
    since: "0.3.0",
    kinds: ["interface"],
    section: RESULT,
    sentence: "Every interface of the result exists where the result says.",
    test: interfacesExist,
  },
  {
    id: "add.result.interfaces.mac",
    level: "MUST",
    since: "0.3.0",
    kinds: ["interface"],
    section: RESULT,
    sentence: "Every interface of the result has the MAC that the kernel has.",
    test: macsAreTrue,
  },
  {
    id: "add.result.interfaces.sandbox",
    level: "MUST",
    since: "0.3.0",
    kinds: ["interface"],
    section: RESULT,
    sentence: "The sandbox of a container's interface is CNI_NETNS as it was given; the node's interfaces have none.",
    test: sandboxAsGiven,
  },
  {
    id: "add.result.ips.onlink",
    level: "derived",
    kinds: ["interface"],
    section: RESULT,
    sentence: "Every address of the result is on the interface that the result names.",
    test: addressesAreThere,
  },
  {
    id: "add.result.ips.index",
    level: "MUST",
    since: "0.3.0",
    kinds: ["interface"],
    section: RESULT,
    sentence: "Every address of the result names its interface by index.",
    test: addressesNameTheirLink,
  },
  {
    id: "add.result.ips.complete",
    level: "derived",
    kinds: ["interface"],
    section: RESULT,
    sentence: "Every global address of CNI_IFNAME is in the result.",
    test: addressesAreComplete,
  },
  {
    id: "add.result.ips.gateway",
    level: "derived",
    kinds: ["interface"],
    section: RESULT,
    sentence: "The gateway of an address is inside its subnet or on the link, and is not the address.",
    test: gatewaysFit,
  },
  {
    id: "add.result.ips.unique",
    level: "derived",
    kinds: ["interface", "ipam"],
    section: "1-Overview",
    sentence: "No two containers of a network have the same address.",
    test: addressesAreUnique,
  },
  {
    id: "add.result.routes.installed",
    level: "derived",
    kinds: ["interface"],
    section: RESULT,
    sentence: "Every route of the result is in the container, over CNI_IFNAME.",
    test: routesAreThere,
  },
] as const satisfies readonly Clause[];
