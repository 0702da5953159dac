/** CHECK: detects changes around the interface: firewall rules, traffic shaping, settings, policy rules. */
import { run } from "../../core/shell.ts";
import { changedAttributes, readAttributes, setAttribute, type Attributes } from "../node/attributes.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import { deleteFirewallRules, addedRules, readFirewallRules } from "../node/firewall.ts";
import { changeRate, deleteQdisc, readPolicyRules, readQdiscs } from "../node/traffic-policy.ts";
import type { RoutingRule, Qdisc } from "../node/traffic-policy.ts";
import { readNetState, type Link } from "../node/net-state.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, TestAttachment } from "./attachment.ts";
import { addHealthy } from "./operations.ts";

const SECTION = "2-CHECK";

/** One change that CHECK must detect. */
interface Tampering {
  readonly description: string;
  readonly apply: () => Promise<void>;
}

/**
 * Applies each tampering to a separate attachment; CHECK must detect every one. Another container is added first, so
 * that shared objects already exist.
 * @param notApplicable reason for a plugin whose ADD creates nothing of this sort
 */
async function detectsEach<State>(
  context: ClauseContext,
  notApplicable: string,
  read: (of: TestAttachment) => Promise<State>,
  tamperings: (before: State, after: State, added: AddedAttachment) => readonly Tampering[],
): Promise<void> {
  await addHealthy(context);
  for (let i = 0; ; i++) {
    const target = await context.createContainer();
    const before = await read(target);
    const added = await addHealthy(context, target);
    const all = tamperings(before, await read(added), added);
    notApplicableUnless(all.length > 0, notApplicable);
    const tampering = all[i];
    if (tampering === undefined) return;
    await tampering.apply();
    const { ok } = await context.check(added);
    demand(!ok, `CHECK to fail after ${tampering.description}`, "exit code 0");
  }
}

/** Deletes the attachment's firewall rules, chain by chain. */
async function detectsMissingRules(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  await detectsEach(
    context,
    "ADD creates no firewall rules",
    () => readFirewallRules(shell),
    (before, after) => {
      const ownRules = addedRules(before, after);
      return [...new Set(ownRules.map(({ chain }) => chain))].map((chain): Tampering => {
        const rules = ownRules.filter((rule) => rule.chain === chain);
        return {
          description: `its ${rules.length} rules in chain ${chain} were deleted`,
          apply: () => deleteFirewallRules(shell, rules),
        };
      });
    },
  );
}

interface ShapingState {
  readonly node: readonly Qdisc[];
  readonly inside: readonly Qdisc[];
  readonly links: readonly Link[];
}

async function detectsShapingChanges(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  const read = async ({ container }: TestAttachment): Promise<ShapingState> => ({
    node: await readQdiscs(shell),
    inside: await readQdiscs(container.shell),
    links: (await readNetState(shell)).links,
  });
  await detectsEach(context, "ADD limits no rates", read, (before, after, { container }) => {
    const qdiscs = [
      ...newQdiscs(before.node, after.node).map((qdisc) => ({ qdisc, namespace: shell })),
      ...newQdiscs(before.inside, after.inside).map((qdisc) => ({ qdisc, namespace: container.shell })),
    ];
    const ifbs = after.links.filter(
      ({ name, kind }) => kind === "ifb" && !before.links.some((link) => link.name === name),
    );
    return [
      ...qdiscs.map(({ qdisc, namespace }): Tampering => ({
        description: `the ${qdisc.kind} of ${qdisc.dev} was deleted`,
        apply: () => deleteQdisc(namespace, qdisc),
      })),
      ...qdiscs
        .filter(({ qdisc }) => qdisc.kind === "tbf")
        .map(({ qdisc, namespace }): Tampering => ({
          description: `the rate of ${qdisc.dev} was changed`,
          apply: () => changeRate(namespace, qdisc),
        })),
      ...ifbs.map(({ name }): Tampering => ({
        description: `${name} was deleted`,
        apply: async () => void (await run(shell, ["ip", "link", "delete", "dev", name])),
      })),
    ];
  });
}

function newQdiscs(before: readonly Qdisc[], after: readonly Qdisc[]): readonly Qdisc[] {
  return after.filter(({ dev, kind }) => !before.some((qdisc) => qdisc.dev === dev && qdisc.kind === kind));
}

/** Link attributes that ADD changed, and changed settings that the configuration names: others may be side effects. */
function setByPlugin(context: ClauseContext, before: Attributes, after: Attributes): readonly string[] {
  const config = JSON.stringify(context.underTest.list.plugins[context.underTest.target]?.raw);
  return changedAttributes(before, after).filter(
    (name) =>
      !name.startsWith("/") ||
      config.includes(settingName(name)) ||
      config.includes(settingName(name).replaceAll("/", ".")),
  );
}

/** `/proc/sys/net/core/somaxconn` without `/proc/sys/`. */
function settingName(path: string): string {
  return path.split("/").slice(3).join("/");
}

async function detectsResetSettings(context: ClauseContext): Promise<void> {
  await detectsEach(context, "ADD changes no settings", readAttributes, (before, after, added) =>
    setByPlugin(context, before, after).map((name): Tampering => ({
      description: `${name} was reset to its value before ADD`,
      apply: async () =>
        notApplicableUnless(
          await setAttribute(added, name, before.get(name) ?? ""),
          `the kernel does not allow changes to ${name} of this link`,
        ),
    })),
  );
}

interface PolicyState {
  readonly rules: readonly RoutingRule[];
  readonly master: string;
}

async function detectsPolicyChanges(context: ClauseContext): Promise<void> {
  const read = async ({ container, ifName }: TestAttachment): Promise<PolicyState> => {
    const { links } = await readNetState(container.shell);
    return {
      rules: await readPolicyRules(container.shell),
      master: links.find(({ name }) => name === ifName)?.master ?? "",
    };
  };
  await detectsEach(context, "ADD creates no policy rules", read, (before, after, { container, ifName }) => [
    ...after.rules
      .filter(({ spec }) => !before.rules.some((rule) => rule.spec === spec))
      .map(({ spec, deleteCommand }): Tampering => ({
        description: `the policy rule ${spec} was deleted`,
        apply: async () => void (await run(container.shell, deleteCommand)),
      })),
    ...(after.master === before.master
      ? []
      : [
          {
            description: `${ifName} was removed from ${after.master}`,
            apply: async () => void (await run(container.shell, ["ip", "link", "set", "dev", ifName, "nomaster"])),
          },
        ]),
  ]);
}

/** Changes an attribute that the plugin set, then restores it. */
async function succeedsAfterRestore(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  const before = context.underTest.kinds.includes("interface")
    ? new Map([["mac", "02:00:00:00:be:ef"]])
    : await readAttributes(target);
  const added = await addHealthy(context, target);
  const after = await readAttributes(added);
  const [name] = context.underTest.kinds.includes("interface") ? ["mac"] : setByPlugin(context, before, after);
  notApplicableUnless(name !== undefined && after.has(name), "ADD sets no attribute that could be restored");
  notApplicableUnless(
    await setAttribute(added, name, before.get(name) ?? ""),
    `the kernel does not allow changes to ${name} of this link`,
  );
  await context.check(added);
  await setAttribute(added, name, after.get(name) ?? "");
  const { ok, last } = await context.check(added);
  demand(ok, `CHECK to succeed after ${name} was restored`, last.output.stdout.slice(0, 300));
}

const since = "0.4.0" as const;
const CHAINED = ["chained"] as const;

export const checkDrift = withSharedFacts({ chain: "whole", needsChanges: true }, [
  {
    id: "check.tamper.rules",
    level: "SHOULD",
    since,
    kinds: ["interface", "chained"],
    node: true,
    section: SECTION,
    sentence: "CHECK fails when the attachment's firewall rules are missing from any chain.",
    test: detectsMissingRules,
  },
  {
    id: "check.tamper.shaping",
    level: "SHOULD",
    since,
    kinds: CHAINED,
    section: SECTION,
    sentence: "CHECK fails when traffic shaping was removed or has a different rate.",
    test: detectsShapingChanges,
  },
  {
    id: "check.tamper.sysctl",
    level: "SHOULD",
    since,
    kinds: CHAINED,
    needsChanges: false,
    section: SECTION,
    sentence: "CHECK fails when a setting that ADD changed has its previous value again.",
    test: detectsResetSettings,
  },
  {
    id: "check.tamper.policy",
    level: "SHOULD",
    since,
    kinds: CHAINED,
    needsChanges: false,
    section: SECTION,
    sentence: "CHECK fails when a policy rule is missing or the link was removed from its VRF.",
    test: detectsPolicyChanges,
  },
  {
    id: "check.heal",
    level: "beyond",
    since,
    kinds: ["interface", "chained"],
    section: "-",
    sentence: "CHECK succeeds again when a change is reverted.",
    test: succeedsAfterRestore,
  },
]);
