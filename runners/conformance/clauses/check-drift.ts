/** CHECK: notices that what the plugin set up around the interface is gone: firewall rules, rates, settings, policy rules. */
import { run } from "../../../core/shell.ts";
import { changedAttributes, readAttributes, setAttribute, type Attributes } from "../attributes.ts";
import { notApplicableUnless, demand, type Clause } from "../clause.ts";
import { deleteFirewallRules, addedRules, readFirewallRules } from "../firewall.ts";
import { readPolicyRules, type PolicyRule } from "../policy-routing.ts";
import { changeRate, deleteQdisc, readQdiscs, type Qdisc } from "../shaping.ts";
import { readNetState, type Link } from "../net-state.ts";
import type { AddedAttachment, Attachment, ClauseContext } from "../clause-context.ts";
import { addHealthy } from "./attachments.ts";

const SECTION = "2-CHECK";

/** One thing to take away. */
interface Tampering {
  readonly description: string;
  readonly apply: () => Promise<void>;
}

/**
 * Does one deed after the other, each to an attachment of its own, and CHECK must notice every one. Another container is there
 * first, so that what all share is there before.
 * @param nothing why the clause does not concern a plugin whose ADD makes nothing of the kind.
 */
async function detectsEach<State>(
  context: ClauseContext,
  nothing: string,
  read: (of: Attachment) => Promise<State>,
  deeds: (before: State, after: State, added: AddedAttachment) => readonly Tampering[],
): Promise<void> {
  await addHealthy(context);
  for (let i = 0; ; i++) {
    const target = await context.createContainer();
    const before = await read(target);
    const added = await addHealthy(context, target);
    const all = deeds(before, await read(added), added);
    notApplicableUnless(all.length > 0, nothing);
    const deed = all[i];
    if (deed === undefined) return;
    await deed.apply();
    const { ok } = await context.check(added);
    demand(!ok, `CHECK to fail after ${deed.description}`, "exit code 0");
  }
}

/** The attachment's own rules, chain by chain. */
async function rules(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  await detectsEach(
    context,
    "ADD makes no firewall rule",
    () => readFirewallRules(shell),
    (before, after) => {
      const made = addedRules(before, after);
      return [...new Set(made.map(({ chain }) => chain))].map((chain): Tampering => {
        const inChain = made.filter((rule) => rule.chain === chain);
        return {
          description: `its ${inChain.length} rules in chain ${chain} were deleted`,
          apply: () => deleteFirewallRules(shell, inChain),
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

async function shaping(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  const read = async ({ container }: Attachment): Promise<ShapingState> => ({
    node: await readQdiscs(shell),
    inside: await readQdiscs(container.shell),
    links: (await readNetState(shell)).links,
  });
  await detectsEach(context, "ADD limits no rate", read, (before, after, { container }) => {
    const made = [
      ...newQdiscs(before.node, after.node).map((qdisc) => ({ qdisc, place: shell })),
      ...newQdiscs(before.inside, after.inside).map((qdisc) => ({ qdisc, place: container.shell })),
    ];
    const ifbs = after.links.filter(
      ({ name, kind }) => kind === "ifb" && !before.links.some((link) => link.name === name),
    );
    return [
      ...made.map(({ qdisc, place }): Tampering => ({
        description: `the ${qdisc.kind} of ${qdisc.dev} was deleted`,
        apply: () => deleteQdisc(place, qdisc),
      })),
      ...made
        .filter(({ qdisc }) => qdisc.kind === "tbf")
        .map(({ qdisc, place }): Tampering => ({
          description: `the rate of ${qdisc.dev} was changed`,
          apply: () => changeRate(place, qdisc),
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

/** What ADD changed of the link, and of the settings those that the configuration names: others may follow from them. */
function setByPlugin(context: ClauseContext, before: Attributes, after: Attributes): readonly string[] {
  const said = JSON.stringify(context.underTest.list.plugins[context.underTest.target]?.raw);
  return changedAttributes(before, after).filter(
    (name) =>
      !name.startsWith("/") ||
      said.includes(settingName(name)) ||
      said.includes(settingName(name).replaceAll("/", ".")),
  );
}

/** `/proc/sys/net/core/somaxconn` without `/proc/sys/`. */
function settingName(path: string): string {
  return path.split("/").slice(3).join("/");
}

async function settings(context: ClauseContext): Promise<void> {
  await detectsEach(context, "ADD changes no setting of the link", readAttributes, (before, after, added) =>
    setByPlugin(context, before, after).map((name): Tampering => ({
      description: `${name} was put back to what it was before ADD`,
      apply: async () =>
        notApplicableUnless(
          await setAttribute(added, name, before.get(name) ?? ""),
          `the kernel lets nobody change the ${name} of this link`,
        ),
    })),
  );
}

interface PolicyState {
  readonly rules: readonly PolicyRule[];
  readonly master: string;
}

async function policy(context: ClauseContext): Promise<void> {
  const read = async ({ container, ifName }: Attachment): Promise<PolicyState> => {
    const { links } = await readNetState(container.shell);
    return {
      rules: await readPolicyRules(container.shell),
      master: links.find(({ name }) => name === ifName)?.master ?? "",
    };
  };
  await detectsEach(context, "ADD makes no policy rule", read, (before, after, { container, ifName }) => [
    ...after.rules
      .filter(({ spec: text }) => !before.rules.some((rule) => rule.spec === text))
      .map(({ spec: text, deleteCommand: remove }): Tampering => ({
        description: `the policy rule ${text} was deleted`,
        apply: async () => void (await run(container.shell, remove)),
      })),
    ...(after.master === before.master
      ? []
      : [
          {
            description: `${ifName} was taken out of ${after.master}`,
            apply: async () => void (await run(container.shell, ["ip", "link", "set", "dev", ifName, "nomaster"])),
          },
        ]),
  ]);
}

/** A link attribute that the plugin set becomes another, and then again what it was. */
async function heals(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  const before = context.underTest.kinds.includes("interface")
    ? new Map([["mac", "02:00:00:00:be:ef"]])
    : await readAttributes(target);
  const added = await addHealthy(context, target);
  const after = await readAttributes(added);
  const [name] = context.underTest.kinds.includes("interface") ? ["mac"] : setByPlugin(context, before, after);
  notApplicableUnless(name !== undefined && after.has(name), "ADD sets nothing that could be put back");
  notApplicableUnless(
    await setAttribute(added, name, before.get(name) ?? ""),
    `the kernel lets nobody change the ${name} of this link`,
  );
  await context.check(added);
  await setAttribute(added, name, after.get(name) ?? "");
  const { ok, last } = await context.check(added);
  demand(ok, `CHECK to succeed when ${name} is again what ADD made it`, last.output.stdout.slice(0, 300));
}

const since = "0.4.0" as const;
const CHAINED = ["chained"] as const;

export const checkDrift = [
  {
    id: "check.tamper.rules",
    level: "SHOULD",
    since,
    kinds: ["interface", "chained"],
    section: SECTION,
    sentence: "CHECK fails when the attachment's firewall rules are missing from any chain.",
    test: rules,
  },
  {
    id: "check.tamper.shaping",
    level: "SHOULD",
    since,
    kinds: CHAINED,
    section: SECTION,
    sentence: "CHECK fails when traffic shaping was removed or has a different rate.",
    test: shaping,
  },
  {
    id: "check.tamper.sysctl",
    level: "SHOULD",
    since,
    kinds: CHAINED,
    section: SECTION,
    sentence: "CHECK fails when a setting that ADD changed has its previous value again.",
    test: settings,
  },
  {
    id: "check.tamper.policy",
    level: "SHOULD",
    since,
    kinds: CHAINED,
    section: SECTION,
    sentence: "CHECK fails when a policy rule is missing or the link was removed from its VRF.",
    test: policy,
  },
  {
    id: "check.heal",
    level: "beyond",
    since,
    kinds: ["interface", "chained"],
    section: "-",
    sentence: "CHECK succeeds again when a change is reverted.",
    test: heals,
  },
] as const satisfies readonly Clause[];
