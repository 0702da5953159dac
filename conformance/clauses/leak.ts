/** Leaks: compares a node after three container lifecycles with the node after one, which may leave shared objects. */
import { describeCall } from "./call-output.ts";
import { changedAttributes } from "../node/attributes.ts";
import { withSharedFacts } from "./clause.ts";
import { demand, skipUnless } from "./demand.ts";
import { skipIfUnlisted } from "../node/firewall-tools.ts";
import { withOneAddress } from "./leases.ts";
import { observeLifecycles } from "./lifecycles.ts";
import { difference } from "../node/snapshot.ts";
import type { ClauseContext } from "./clause-context.ts";

const SECTION = "2-DEL";

/** Compares the snapshot lines that match, after the first lifecycle and after the third. */
async function demandSteady(context: ClauseContext, kind: RegExp): Promise<void> {
  const { afterFirst, afterThird } = await observeLifecycles(context);
  if (kind.test("node: nft ")) skipIfUnlisted(afterThird.state.map((line) => line.replace(/^node: /, "")));
  const left = difference(afterFirst.state, afterThird.state).filter((line) => kind.test(line));
  demand(left.length === 0, "the node unchanged since the first container", `${left.length} differences`, left);
}

async function reusesPool(context: ClauseContext): Promise<void> {
  const single = withOneAddress(context);
  for (let i = 1; i <= 4; i++) {
    const target = await single.createContainer();
    const { ok, last, attached } = await single.tryAdd(target);
    skipUnless(ok || i > 1, `ADD fails: ${describeCall(last)}`);
    demand(ok, `ADD number ${i} to get the only address, which was released ${i - 1} times`, describeCall(last));
    await single.del(attached);
  }
}

async function demandSteadyFiles(context: ClauseContext): Promise<void> {
  const { afterFirst, afterThird } = await observeLifecycles(context);
  const left = difference(afterFirst.files, afterThird.files);
  demand(
    left.length === 0,
    "the files of the plugin unchanged since the first container",
    `${left.length} differences`,
    left,
  );
}

async function leavesNoMount(context: ClauseContext): Promise<void> {
  const { before, afterFirst } = await observeLifecycles(context);
  const left = difference(before.mounts, afterFirst.mounts).filter((line) => line.startsWith("+ "));
  demand(left.length === 0, "no remaining mount", left.map((line) => line.slice(2)).join(", "));
}

async function demandSteadyProcesses(context: ClauseContext): Promise<void> {
  const { afterFirst, afterThird } = await observeLifecycles(context);
  const left = afterThird.processes.filter((line) => !afterFirst.processes.includes(line));
  demand(left.length === 0, "no remaining process after DEL", left.join(", "));
}

/** Many plugins enable forwarding and none disables it; the kernel then stops accepting redirects. */
const FORWARDING = /forward|accept_redirects/;

async function demandSteadySettings(context: ClauseContext): Promise<void> {
  const { before, afterFirst } = await observeLifecycles(context);
  const [old, now] = [before.settings, afterFirst.settings];
  const left = changedAttributes(old, now).filter((name) => !FORWARDING.test(name));
  demand(
    left.length === 0,
    "the kernel settings of the node unchanged, except forwarding",
    left.map((name) => `${name}: ${old.get(name)} before, ${now.get(name)} after`).join(", "),
  );
}

const LINKS = ["interface", "chained"] as const;

export const leak = withSharedFacts({ chain: "whole", needsChanges: true }, [
  {
    id: "leak.links",
    level: "derived",
    kinds: LINKS,
    section: SECTION,
    sentence: "No link remains after DEL.",
    test: (context) => demandSteady(context, /node: (link|address)/),
  },
  {
    id: "leak.leases",
    dependsOnVersion: false,
    level: "derived",
    kinds: ["ipam", "delegating"],
    section: SECTION,
    sentence: "A pool can serve more containers in succession than it has addresses.",
    test: reusesPool,
  },
  {
    id: "leak.rules",
    level: "derived",
    kinds: LINKS,
    node: true,
    section: SECTION,
    sentence: "No firewall rule remains after DEL.",
    test: (context) => demandSteady(context, /node: (iptables|ip6tables|nft)/),
  },
  {
    id: "leak.routes",
    level: "derived",
    kinds: ["interface"],
    section: SECTION,
    sentence: "No route, policy rule, forwarding entry, or configured neighbor remains after DEL.",
    test: (context) => demandSteady(context, /node: (route|rule|rule6|fdb|neighbor)/),
  },
  {
    id: "leak.qdisc",
    level: "derived",
    kinds: ["chained"],
    section: SECTION,
    sentence: "No traffic control object remains after DEL.",
    test: (context) => demandSteady(context, /node: tc/),
  },
  {
    id: "leak.files",
    level: "derived",
    section: SECTION,
    sentence: "No file of a container remains after DEL.",
    test: demandSteadyFiles,
  },
  {
    id: "leak.netns",
    level: "derived",
    kinds: ["interface"],
    section: "3-Lifecycle",
    sentence: "No mount or namespace remains after DEL.",
    test: leavesNoMount,
  },
  {
    id: "leak.sysctl",
    level: "beyond",
    kinds: LINKS,
    section: "-",
    sentence: "After DEL, the node's kernel settings other than forwarding are unchanged.",
    test: demandSteadySettings,
  },
  {
    id: "leak.procs",
    level: "beyond",
    section: "-",
    sentence: "No process remains after DEL.",
    test: demandSteadyProcesses,
  },
]);
