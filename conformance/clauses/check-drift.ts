/** CHECK: detects changes around the interface: firewall rules, traffic shaping, settings, policy rules. */
import { run, type Shell } from "../../core/shell.ts";
import { changedAttributes, readAttributes, setAttribute, type Attributes } from "../node/attributes.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import { deleteFirewallRules, addedRules, readFirewallRules } from "../node/firewall.ts";
import { changeTable, deletePolicyRule, readPolicyRules, type RoutingRule } from "../node/policy-rules.ts";
import { changeTokenBucket, deleteFilters, deleteQdisc, readQdiscs } from "../node/traffic-shaping.ts";
import type { Qdisc, TokenBucket } from "../node/traffic-shaping.ts";
import { readNetState, type Link } from "../node/net-state.ts";
import type { ClauseContext } from "./clause-context.ts";
import { detectsEach, type Tampering } from "./detect-each.ts";
import { addHealthy } from "./operations.ts";

const SECTION = "2-CHECK";

/** Deletes the attachment's firewall rules, chain by chain. */
async function detectsMissingRules(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  await detectsEach(context, {
    notApplicable: "ADD creates no firewall rules",
    read: () => readFirewallRules(shell),
    tamperings: (before, after) => {
      const ownRules = addedRules(before, after);
      return [...new Set(ownRules.map(({ chain }) => chain))].map((chain): Tampering => {
        const rules = ownRules.filter((rule) => rule.chain === chain);
        return {
          description: `its ${rules.length} rules in chain ${chain} were deleted`,
          apply: () => deleteFirewallRules(shell, rules),
        };
      });
    },
  });
}

interface ShapingState {
  readonly node: readonly Qdisc[];
  readonly inside: readonly Qdisc[];
  readonly links: readonly Link[];
}

async function detectsShapingChanges(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  await detectsEach<ShapingState>(context, {
    notApplicable: "ADD limits no rates",
    read: async ({ container }) => ({
      node: await readQdiscs(shell),
      inside: await readQdiscs(container.shell),
      links: (await readNetState(shell)).links,
    }),
    tamperings: (before, after, { container }) => [
      ...newQdiscs(before.node, after.node).flatMap((qdisc) => qdiscChanges(shell, qdisc)),
      ...newQdiscs(before.inside, after.inside).flatMap((qdisc) => qdiscChanges(container.shell, qdisc)),
      ...after.links
        .filter(({ name, kind }) => kind === "ifb" && !before.links.some((link) => link.name === name))
        .map(({ name }): Tampering => ({
          description: `${name} was deleted`,
          apply: async () => void (await run(shell, ["ip", "link", "delete", "dev", name])),
        })),
    ],
  });
}

function newQdiscs(before: readonly Qdisc[], after: readonly Qdisc[]): readonly Qdisc[] {
  return after.filter(({ dev, kind }) => !before.some((qdisc) => qdisc.dev === dev && qdisc.kind === kind));
}

/** Every qdisc can be deleted, a token bucket filter has a rate and a burst, and a hook has filters. */
function qdiscChanges(shell: Shell, qdisc: Qdisc): readonly Tampering[] {
  const { dev, kind, tokenBucket, filterParents } = qdisc;
  const change = (what: string, changes: Partial<TokenBucket>): Tampering[] =>
    tokenBucket === null
      ? []
      : [
          {
            description: `the ${what} of ${dev} was changed`,
            apply: () => changeTokenBucket(shell, dev, { ...tokenBucket, ...changes }),
          },
        ];
  return [
    { description: `the ${kind} of ${dev} was deleted`, apply: () => deleteQdisc(shell, qdisc) },
    ...change("rate", { rate: 125_000 }),
    ...change("burst", { burst: 2 * (tokenBucket?.burst ?? 0) }),
    ...filterParents.map((parent): Tampering => ({
      description: `the filters of the ${kind} of ${dev} were deleted`,
      apply: () => deleteFilters(shell, dev, parent),
    })),
  ];
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
  await detectsEach(context, {
    notApplicable: "ADD changes no settings",
    read: readAttributes,
    tamperings: (before, after, added) =>
      setByPlugin(context, before, after).map((name): Tampering => ({
        description: `${name} was reset to its value before ADD`,
        apply: () => setAttribute(added, name, before.get(name) ?? ""),
      })),
  });
}

interface PolicyState {
  readonly rules: readonly RoutingRule[];
  readonly master: string;
}

async function detectsPolicyChanges(context: ClauseContext): Promise<void> {
  await detectsEach<PolicyState>(context, {
    notApplicable: "ADD creates no policy rules",
    read: async ({ container, ifName }) => ({
      rules: await readPolicyRules(container.shell),
      master: (await readNetState(container.shell)).links.find(({ name }) => name === ifName)?.master ?? "",
    }),
    tamperings: (before, after, { container: { shell }, ifName }) => [
      ...after.rules
        .filter(({ spec }) => !before.rules.some((rule) => rule.spec === spec))
        .flatMap((rule): Tampering[] => [
          { description: `the policy rule ${rule.spec} was deleted`, apply: () => deletePolicyRule(shell, rule) },
          {
            description: `the table of the policy rule ${rule.spec} was changed`,
            apply: () => changeTable(shell, rule),
          },
        ]),
      ...(after.master === before.master
        ? []
        : [
            {
              description: `${ifName} was removed from ${after.master}`,
              apply: async () => void (await run(shell, ["ip", "link", "set", "dev", ifName, "nomaster"])),
            },
          ]),
    ],
  });
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

export const checkDrift = withSharedFacts({ dependsOnVersion: false, chain: "whole", needsChanges: true }, [
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
    kinds: ["interface", "chained"],
    section: SECTION,
    sentence: "CHECK fails when traffic shaping was removed or has a different rate or burst.",
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
    kinds: ["interface", "chained"],
    needsChanges: false,
    section: SECTION,
    sentence: "CHECK fails when a policy rule is missing or looks up another table, or the link left its VRF.",
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
