/** CHECK: detects changes to objects that no result contains: modes, VLANs, bridge ports, neighbors, settings. */
import { changedSettings, readSettings, writeSetting, type Settings } from "../node/kernel-settings.ts";
import {
  changeMode,
  changeVlanId,
  readLinkDetails,
  removePortVlan,
  resetPortAttribute,
  type LinkDetails,
} from "../node/link-details.ts";
import { formatRoute, readNetState, type Link } from "../node/net-state.ts";
import { changeNeighbor, deleteNeighbor, deleteRoute } from "../node/tamper.ts";
import type { AddedAttachment, TestAttachment } from "./attachment.ts";
import { withSharedFacts } from "./clause.ts";
import type { ClauseContext } from "./clause-context.ts";
import { detectsEach, detectsEachEffect, type Tampering } from "./detect-each.ts";

async function detectsMissingHostRoute(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  await detectsEachEffect(context, {
    notApplicable: "ADD creates no route for the container on the node",
    tamperings: ({ node }) =>
      node.routes.map((route) => ({
        description: `route ${formatRoute(route)} was removed from the node`,
        apply: () => deleteRoute(shell, route),
      })),
  });
}

async function detectsNeighborChanges(context: ClauseContext): Promise<void> {
  await detectsEachEffect(context, {
    notApplicable: "ADD creates no permanent neighbor entries",
    tamperings: ({ added, inside, node }) => {
      const entries = [
        ...inside.neighbors.map((line) => ({ line, shell: added.container.shell, where: "in the container" })),
        ...node.neighbors.map((line) => ({ line, shell: context.testNode.shell, where: "on the node" })),
      ];
      return entries.flatMap(({ line, shell, where }): Tampering[] => [
        { description: `neighbor ${line} was removed ${where}`, apply: () => deleteNeighbor(shell, line) },
        { description: `neighbor ${line} was changed ${where}`, apply: () => changeNeighbor(shell, line) },
      ]);
    },
  });
}

interface Details {
  readonly inside: readonly LinkDetails[];
  readonly node: readonly LinkDetails[];
  /** Links of the node with their indices; parents of links in containers among them. */
  readonly nodeLinks: readonly Link[];
  readonly insideLinks: readonly Link[];
}

async function readDetails(context: ClauseContext, { container }: TestAttachment): Promise<Details> {
  const { shell } = context.testNode;
  return {
    inside: await readLinkDetails(container.shell),
    node: await readLinkDetails(shell),
    nodeLinks: (await readNetState(shell)).links,
    insideLinks: (await readNetState(container.shell)).links,
  };
}

function linkOf({ inside }: Details, { ifName }: TestAttachment): LinkDetails | undefined {
  return inside.find(({ name }) => name === ifName);
}

/** Ports on the node that ADD created. */
function newPorts(before: Details, after: Details): readonly LinkDetails[] {
  return after.node.filter(({ index }) => !before.node.some((link) => link.index === index));
}

async function detectsOtherMode(context: ClauseContext): Promise<void> {
  await detectsEach<Details>(context, {
    notApplicable: "the interface is not of a kind with modes",
    read: (of) => readDetails(context, of),
    shared: false,
    tamperings: (_, after, added) => {
      const link = linkOf(after, added);
      if (link === undefined || link.mode === "") return [];
      const apply = (): Promise<boolean> => changeMode(added.container.shell, link);
      return [{ description: `the mode ${link.mode} of ${link.name} was changed`, apply }];
    },
  });
}

async function detectsVlanChanges(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  await detectsEach<Details>(context, {
    notApplicable: "ADD sets no VLAN",
    read: (of) => readDetails(context, of),
    tamperings: (before, after, added) => [
      ...newPorts(before, after).flatMap(({ name, portVlans }) =>
        portVlans.map((vlan) => ({
          description: `VLAN ${vlan} was removed from ${name}`,
          apply: () => removePortVlan(shell, name, vlan),
        })),
      ),
      ...vlanIdChanges(context, after, added),
    ],
  });
}

function vlanIdChanges(context: ClauseContext, after: Details, added: AddedAttachment): readonly Tampering[] {
  const link = linkOf(after, added);
  const index = after.insideLinks.find(({ name }) => name === added.ifName)?.peer;
  const parent = after.nodeLinks.find((candidate) => candidate.index === index);
  if (link === undefined || link.vlanId === 0 || parent === undefined) return [];
  const apply = (): Promise<void> => changeVlanId(context.testNode.shell, added.container.name, link, parent.name);
  return [{ description: `the VLAN ${link.vlanId} of ${link.name} was changed`, apply }];
}

async function detectsPortChanges(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  await detectsEach<Details>(context, {
    notApplicable: "ADD sets no attributes of a bridge port",
    read: (of) => readDetails(context, of),
    tamperings: (before, after) =>
      newPorts(before, after).flatMap(({ name, portAttributes }) =>
        portAttributes.map((attribute) => ({
          description: `${attribute} of ${name} was reset`,
          apply: () => resetPortAttribute(shell, name, attribute),
        })),
      ),
  });
}

interface BothSettings {
  readonly inside: Settings;
  readonly node: Settings;
}

async function detectsResetKernelSettings(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  await detectsEach<BothSettings>(context, {
    notApplicable: "ADD changes no kernel settings",
    read: async ({ container }) => ({ inside: await readSettings(container.shell), node: await readSettings(shell) }),
    tamperings: (before, after, { container }) =>
      [
        ...changedSettings(before.inside, after.inside).map((setting) => ({ setting, where: container.shell })),
        ...changedSettings(before.node, after.node).map((setting) => ({ setting, where: shell })),
      ].map(({ setting, where }) => ({
        description: `${setting.path} was reset to ${setting.before} in ${where.name}`,
        apply: () => writeSetting(where, setting.path, setting.before),
      })),
  });
}

const COMMON = { since: "0.4.0", kinds: ["interface"], section: "2-CHECK" } as const;
const BEYOND = { since: "0.4.0", level: "beyond", section: "-" } as const;

export const checkTamperObjects = withSharedFacts({ dependsOnVersion: false, chain: "whole" }, [
  {
    ...COMMON,
    id: "check.tamper.host-route",
    level: "SHOULD",
    sentence: "CHECK fails when a route that ADD created on the node was removed.",
    test: detectsMissingHostRoute,
  },
  {
    ...COMMON,
    id: "check.tamper.neighbor",
    kinds: ["interface", "chained"],
    level: "SHOULD",
    sentence: "CHECK fails when a permanent neighbor entry was removed or has a different MAC address.",
    test: detectsNeighborChanges,
  },
  {
    ...COMMON,
    id: "check.tamper.link-mode",
    level: "SHOULD",
    sentence: "CHECK fails when the interface has a different mode, as a macvlan or ipvlan link can have.",
    test: detectsOtherMode,
  },
  {
    ...COMMON,
    id: "check.tamper.vlan",
    level: "SHOULD",
    sentence: "CHECK fails when the interface or its bridge port has a different VLAN.",
    test: detectsVlanChanges,
  },
  {
    ...BEYOND,
    id: "check.tamper.port",
    kinds: ["interface"],
    sentence: "CHECK fails when an attribute of the bridge port, such as hairpin mode, was reset.",
    test: detectsPortChanges,
  },
  {
    ...BEYOND,
    id: "check.tamper.settings",
    kinds: ["interface", "chained"],
    needsChanges: true,
    sentence: "CHECK fails when a kernel setting that ADD changed in the container or on the node was reset.",
    test: detectsResetKernelSettings,
  },
]);
