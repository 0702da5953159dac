/** ADD: the version of the result, and the interfaces in it, which must match the kernel. */
import { withSharedFacts } from "./clause.ts";
import { demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import { observeAddOnce, readNamespaces, unusualIfName, type ObservedAdd } from "../node/observed.ts";

async function hasRequestedVersion(context: ClauseContext): Promise<void> {
  const { raw } = (await observeAddOnce(context)).added.result;
  demand(
    raw.cniVersion === context.version,
    `cniVersion ${context.version}, as in the request`,
    JSON.stringify(raw.cniVersion ?? null),
  );
}

async function listsContainerLink(context: ClauseContext): Promise<void> {
  const { result, ifName } = (await observeAddOnce(context, unusualIfName(context))).added;
  const listed = result.interfaces.map(
    ({ name, sandbox }) => `${name}${sandbox === undefined ? "" : ` in ${sandbox}`}`,
  );
  demand(
    result.interfaces.some(({ name, sandbox }) => name === ifName && sandbox !== undefined),
    `an entry ${ifName} with a sandbox`,
    listed.join(", ") || "no interfaces",
  );
}

/** The links of the namespace that an entry of the result states: the container's or the node's. */
function linksOf({ inside, node }: ObservedAdd, sandbox: string | undefined): ObservedAdd["inside"]["links"] {
  return sandbox === undefined ? node.links : inside.links;
}

async function interfacesExist(context: ClauseContext): Promise<void> {
  const observed = await observeAddOnce(context, unusualIfName(context));
  for (const { name, sandbox } of observed.added.result.interfaces) {
    const links = linksOf(observed, sandbox).map((link) => link.name);
    demand(
      links.includes(name),
      `${name} ${sandbox === undefined ? "on the node" : "in the container"}`,
      `only ${links.join(", ")}`,
    );
  }
}

async function macsMatch(context: ClauseContext): Promise<void> {
  const observed = await observeAddOnce(context);
  for (const { name, sandbox, mac } of observed.added.result.interfaces) {
    const link = linksOf(observed, sandbox).find((candidate) => candidate.name === name);
    if (link === undefined || link.mac === "") continue;
    demand(mac?.toLowerCase() === link.mac, `MAC address ${link.mac} for ${name}, as in the kernel`, mac ?? "no mac");
  }
}

/** Uses an unusual path to the namespace, which reveals a plugin that resolves it. */
async function sandboxIsNetns(context: ClauseContext): Promise<void> {
  const { container, ...rest } = await context.createContainer();
  const netns = `/run/netns/../netns/${container.name}`;
  const added = await context.add({ ...rest, container: { ...container, netns } });
  const [inside] = await readNamespaces(context, added);
  for (const { name, sandbox } of added.result.interfaces) {
    if (sandbox === undefined)
      demand(name !== added.ifName, `${name} with sandbox ${netns}, the value of CNI_NETNS`, "no sandbox");
    else demand(sandbox === netns, `sandbox ${netns}, the value of CNI_NETNS`, sandbox);
    if (sandbox !== undefined)
      demand(
        inside.links.some((link) => link.name === name),
        "a sandbox only for links in the container",
        `one for ${name}`,
      );
  }
}

const RESULT = "5-ADD";
const LINKS = ["interface"] as const;

export const addResult = withSharedFacts({ chain: "whole", needsChanges: true }, [
  {
    id: "add.result.version",
    level: "MUST",
    earlier: { before: "0.4.0", level: "derived" },
    core: true,
    needsChanges: false,
    section: RESULT,
    sentence: "The ADD result has the cniVersion of the request.",
    test: hasRequestedVersion,
  },
  {
    id: "add.result.interfaces.container",
    level: "MUST",
    since: "0.3.0",
    kinds: LINKS,
    core: true,
    section: RESULT,
    sentence: "The ADD result lists CNI_IFNAME with its sandbox.",
    test: listsContainerLink,
  },
  {
    id: "add.result.interfaces.exist",
    level: "derived",
    since: "0.3.0",
    kinds: LINKS,
    core: true,
    section: RESULT,
    sentence: "Every interface in the ADD result exists in the namespace that the result states.",
    test: interfacesExist,
  },
  {
    id: "add.result.interfaces.mac",
    level: "MUST",
    since: "0.3.0",
    kinds: LINKS,
    core: true,
    section: RESULT,
    sentence: "The MAC address of every interface in the ADD result matches the kernel.",
    test: macsMatch,
  },
  {
    id: "add.result.interfaces.sandbox",
    level: "MUST",
    since: "0.3.0",
    kinds: LINKS,
    core: true,
    section: RESULT,
    sentence: "The sandbox of a container interface is the exact value of CNI_NETNS; a node interface has no sandbox.",
    test: sandboxIsNetns,
  },
]);
