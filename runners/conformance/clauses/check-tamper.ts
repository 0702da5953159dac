/** CHECK: notices what has been taken away or changed. */
import { run, type Shell } from "../../../core/shell.ts";
import { demandRejected, describeCall } from "../plugin-output.ts";
import { setAttribute } from "../attributes.ts";
import { notApplicableUnless, demand, skipUnless, NotApplicable, type Clause } from "../clause.ts";
import { readNetState, type Link } from "../net-state.ts";
import { doesNothing } from "../plugin-under-test.ts";
import { removeAddress } from "../tamper.ts";
import type { AddedAttachment, Attachment, ClauseContext } from "../clause-context.ts";
import { readNamespaces } from "../observed.ts";

const SECTION = "2-CHECK";

/** An attachment whose CHECK succeeds: only then does a failure after tampering tell anything. */
export async function addHealthy(context: ClauseContext, to?: Attachment): Promise<AddedAttachment> {
  const added = await context.add(to);
  const { ok, last } = await context.check(added);
  skipUnless(ok, `CHECK does not succeed on an attachment that is well: ${describeCall(last)}`);
  return added;
}

/** Tampers with a fresh attachment; CHECK must fail. A deed returns false where there is nothing of the kind. */
async function detects(
  context: ClauseContext,
  deed: string,
  tamper: (added: AddedAttachment) => Promise<boolean | void>,
): Promise<boolean> {
  const added = await addHealthy(context);
  if ((await tamper(added)) === false) return false;
  const { ok } = await context.check(added);
  demand(!ok, `CHECK to fail after ${deed}`, "exit code 0");
  return true;
}

async function ip(shell: Shell, ...words: readonly string[]): Promise<void> {
  await run(shell, ["ip", ...words]);
}

async function mac(context: ClauseContext): Promise<void> {
  await detects(context, "the MAC was changed", async (added) => {
    notApplicableUnless(
      added.result.interfaces.some(({ name, mac: told }) => name === added.ifName && told !== undefined),
      "the result names no MAC",
    );
    notApplicableUnless(
      await setAttribute(added, "mac", "02:00:00:00:be:ef"),
      "the kernel lets nobody change the MAC of this link",
    );
  });
}

async function addressRemoved(context: ClauseContext): Promise<void> {
  const { result } = await addHealthy(context);
  notApplicableUnless(result.ips.length > 0, "the result has no address to take away");
  // Each address alone, on an attachment of its own.
  for (const index of result.ips.keys()) {
    await detects(context, "an address was removed", async (added) => {
      const address = added.result.ips[index]?.address;
      if (address === undefined) return false;
      await removeAddress(added, address);
      return true;
    });
  }
}

async function addressReplaced(context: ClauseContext): Promise<void> {
  const replaced = await detects(context, "an address was replaced by another", async (added) => {
    const address = added.result.ips[0]?.address;
    if (address === undefined) return false;
    await removeAddress(added, address);
    await ip(
      added.container.shell,
      "addr",
      "add",
      address.includes(":") ? "2001:db8::99/64" : "192.0.2.99/24",
      "dev",
      added.ifName,
    );
    return true;
  });
  notApplicableUnless(replaced, "the result has no address");
}

/** Takes away each route of the result that is in the kernel. */
async function routesRemoved(context: ClauseContext): Promise<void> {
  const { result } = await addHealthy(context);
  notApplicableUnless(result.routes.length > 0, "the result has no route to take away");
  for (const { dst } of result.routes) {
    await detects(context, `route ${dst} was removed`, async (added) => {
      await ip(added.container.shell, dst.includes(":") ? "-6" : "-4", "route", "del", dst, "dev", added.ifName);
    });
  }
}

async function otherGateway(context: ClauseContext): Promise<void> {
  const done = await detects(context, "the default route got another gateway", async (added) => {
    const [inside] = await readNamespaces(context, added);
    const old = inside.routes.find(({ dst, dev, gw }) => dst === "0.0.0.0/0" && dev === added.ifName && gw !== "");
    if (old === undefined) return false;
    await ip(added.container.shell, "route", "replace", "default", "via", "192.0.2.254", "dev", added.ifName, "onlink");
    return true;
  });
  notApplicableUnless(done, "the container has no default route");
}

/** The node's end of the container's pair. */
async function hostEnd(context: ClauseContext, added: AddedAttachment): Promise<Link> {
  const [inside, node] = await readNamespaces(context, added);
  const link = inside.links.find(({ name }) => name === added.ifName);
  const listed = added.result.interfaces.flatMap(({ name, sandbox }) => (sandbox === undefined ? [name] : []));
  const end = node.links.find(
    ({ name, kind, index, peer, peerInOtherNamespace: peerElsewhere }) =>
      kind === "veth" &&
      listed.includes(name) &&
      link !== undefined &&
      peerElsewhere &&
      index === link.peer &&
      peer === link.index,
  );
  if (end === undefined) throw new NotApplicable("the interface has no other end on the node");
  return end;
}

async function hostLink(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  await detects(context, "the other end on the node was set down", async (added) =>
    ip(shell, "link", "set", "dev", (await hostEnd(context, added)).name, "down"),
  );
  await detects(context, "the other end on the node was taken off its bridge", async (added) => {
    const { name, master } = await hostEnd(context, added);
    if (master === "") return false;
    await ip(shell, "link", "set", "dev", name, "nomaster");
    return true;
  });
  await detects(context, "the bridge was set down", async (added) => {
    const { master } = await hostEnd(context, added);
    if (master === "") return false;
    await ip(shell, "link", "set", "dev", master, "down");
    return true;
  });
}

async function gateway(context: ClauseContext): Promise<void> {
  notApplicableUnless(context.underTest.gateway, "the gateway is not the plugin's");
  const done = await detects(context, "the gateway's address was removed from the node", async ({ result }) => {
    const gateways = result.ips.flatMap((address) => (address.gateway === undefined ? [] : [address.gateway]));
    const { addresses } = await readNetState(context.testNode.shell);
    const own = addresses.filter(({ cidr }) => gateways.includes(cidr.split("/")[0] ?? ""));
    for (const { link, cidr } of own) await ip(context.testNode.shell, "addr", "del", cidr, "dev", link);
    return own.length > 0;
  });
  notApplicableUnless(done, "the gateway is not on the node");
}

async function forwarding(context: ClauseContext): Promise<void> {
  notApplicableUnless(context.underTest.gateway, "the gateway is not the plugin's");
  await detects(context, "the node stopped forwarding", async () => {
    const { shell } = context.testNode;
    skipUnless(
      (await run(shell, ["cat", "/proc/sys/net/ipv4/ip_forward"])).trim() === "1",
      "the node does not forward after ADD",
    );
    await run(shell, ["sh", "-c", "echo 0 >/proc/sys/net/ipv4/ip_forward"]);
  });
}

async function netns(context: ClauseContext): Promise<void> {
  notApplicableUnless(
    !doesNothing(context.underTest),
    "the configuration asks for no change that CHECK could look for",
  );
  await detects(context, "the namespace was replaced by an empty one", async ({ container }) => {
    await run(context.testNode.shell, ["sh", "-ec", `ip netns delete "$1"; ip netns add "$1"`, "sh", container.id]);
  });
  await detects(context, "the namespace was deleted", async ({ container }) =>
    ip(context.testNode.shell, "netns", "delete", container.id),
  );
}

async function mtu(context: ClauseContext): Promise<void> {
  await detects(context, "the MTU was changed", async ({ container, ifName }) =>
    ip(container.shell, "link", "set", "dev", ifName, "mtu", "1280"),
  );
}

/** The result of another container, which is well, in the name of one that was never added. */
async function unknownContainer(context: ClauseContext): Promise<void> {
  notApplicableUnless(
    !doesNothing(context.underTest),
    "the configuration asks for no change that CHECK could look for",
  );
  const added = await addHealthy(context);
  const stranger = await context.createContainer();
  const call = await context.invokeTarget("CHECK", { ...stranger, raw: added.raw });
  demandRejected(call, "CHECK of a container that was never added");
}

const link = (context: ClauseContext, deed: string, ...words: readonly string[]): Promise<void> =>
  detects(context, deed, async ({ container, ifName }) => {
    for (const word of words) await run(container.shell, ["ip", "link", ...word.replaceAll("IF", ifName).split(" ")]);
  }).then(() => undefined);

const LINKS = ["interface"] as const;
const since = "0.4.0" as const;

export const checkTamper = [
  {
    id: "check.tamper.link-deleted",
    level: "SHOULD",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "CHECK fails when CNI_IFNAME was deleted.",
    test: (context) => link(context, "the link was deleted", "delete dev IF"),
  },
  {
    id: "check.tamper.link-renamed",
    level: "SHOULD",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "CHECK fails when CNI_IFNAME was renamed.",
    test: (context) =>
      link(context, "the link was renamed", "set dev IF down", "set dev IF name renamed0", "set dev renamed0 up"),
  },
  {
    id: "check.tamper.link-down",
    level: "SHOULD",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "CHECK fails when CNI_IFNAME is down.",
    test: (context) => link(context, "the link was set down", "set dev IF down"),
  },
  {
    id: "check.tamper.mac",
    level: "SHOULD",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "CHECK fails when the MAC address differs from the result.",
    test: mac,
  },
  {
    id: "check.tamper.mtu",
    level: "SHOULD",
    earlier: { before: "1.1.0", level: "beyond" },
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "CHECK fails when the MTU was changed.",
    test: mtu,
  },
  {
    id: "check.tamper.ip-removed",
    level: "SHOULD",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "CHECK fails when an address was removed.",
    test: addressRemoved,
  },
  {
    id: "check.tamper.ip-replaced",
    level: "SHOULD",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "CHECK fails when an address was replaced.",
    test: addressReplaced,
  },
  {
    id: "check.tamper.route-removed",
    level: "SHOULD",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "CHECK fails when a route was removed.",
    test: routesRemoved,
  },
  {
    id: "check.tamper.route-gw",
    level: "SHOULD",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "CHECK fails when the default route has a different gateway.",
    test: otherGateway,
  },
  {
    id: "check.tamper.host-link",
    level: "SHOULD",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "CHECK fails when the node's end of the link is down or detached from its bridge.",
    test: hostLink,
  },
  {
    id: "check.tamper.gateway",
    level: "SHOULD",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "CHECK fails when the gateway's address is missing from the node.",
    test: gateway,
  },
  {
    id: "check.tamper.forwarding",
    level: "SHOULD",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "CHECK fails when forwarding is disabled on the node.",
    test: forwarding,
  },
  {
    id: "check.tamper.netns",
    level: "SHOULD",
    since,
    kinds: ["interface", "chained"],
    section: SECTION,
    sentence: "CHECK fails when the namespace was replaced or deleted.",
    test: netns,
  },
  {
    id: "check.unknown",
    level: "SHOULD",
    since,
    section: SECTION,
    sentence: "CHECK fails for a container that was never added.",
    test: unknownContainer,
  },
] as const satisfies readonly Clause[];
