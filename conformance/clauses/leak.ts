/** Leaks: compares a node after three container lifecycles with the node after one, which may leave shared objects. */
import { run } from "../../core/shell.ts";
import { describeCall } from "./call-output.ts";
import { changedAttributes, readAttributes } from "../node/attributes.ts";
import { withSharedFacts } from "./clause.ts";
import { demand, skipUnless } from "./demand.ts";
import { listPluginFiles } from "./lease-files.ts";
import { withOneAddress } from "./leases.ts";
import { difference, takeSnapshot } from "../node/snapshot.ts";
import { inspect } from "../node/recorder.ts";
import type { ClauseContext } from "./clause-context.ts";
import { listProcesses } from "./exit.ts";

const SECTION = "2-DEL";

async function runLifecycle(context: ClauseContext): Promise<void> {
  const added = await context.add();
  if (context.canCheck(added)) await context.check(added);
  const { ok, last } = await context.del(added);
  skipUnless(ok, `DEL fails: ${describeCall(last)}`);
  await run(context.testNode.shell, ["ip", "netns", "delete", added.container.name]);
  context.testNode.forget(added.container);
}

/** Compares the snapshot lines that match, after the first lifecycle and after the third. */
async function demandSteady(context: ClauseContext, kind: RegExp): Promise<void> {
  await runLifecycle(context);
  const observed = { firewall: kind.test("node: nft "), containers: false };
  const before = await takeSnapshot(context, observed);
  await runLifecycle(context);
  await runLifecycle(context);
  const left = difference(before, await takeSnapshot(context, observed)).filter((line) => kind.test(line));
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
  await runLifecycle(context);
  const before = await listPluginFiles(context);
  await runLifecycle(context);
  await runLifecycle(context);
  const left = difference(before, await listPluginFiles(context));
  demand(
    left.length === 0,
    "the files of the plugin unchanged since the first container",
    `${left.length} differences`,
    left,
  );
}

async function leavesNoMount(context: ClauseContext): Promise<void> {
  const mounts = async (): Promise<string[]> =>
    (await inspect(context.testNode.shell, "cut -d' ' -f2 /proc/mounts")).split("\n");
  const before = await mounts();
  await runLifecycle(context);
  const left = difference(before, await mounts()).filter((line) => line.startsWith("+ "));
  demand(left.length === 0, "no remaining mount", left.map((line) => line.slice(2)).join(", "));
}

async function demandSteadyProcesses(context: ClauseContext): Promise<void> {
  await runLifecycle(context);
  const before = await listProcesses(context);
  await runLifecycle(context);
  await runLifecycle(context);
  const left = (await listProcesses(context)).filter((line) => !before.includes(line));
  demand(left.length === 0, "no remaining process after DEL", left.join(", "));
}

/** Many plugins enable forwarding and none disables it; the kernel then stops accepting redirects. */
const FORWARDING = /forward|accept_redirects/;

async function demandSteadySettings(context: ClauseContext): Promise<void> {
  const node = {
    container: { name: "", id: "", podName: "", netns: "", shell: context.testNode.shell },
    ifName: "eth0",
    incoming: null,
    raw: null,
  };
  const before = await readAttributes(node);
  await runLifecycle(context);
  const after = await readAttributes(node);
  const left = changedAttributes(before, after).filter((name) => !FORWARDING.test(name));
  demand(
    left.length === 0,
    "the kernel settings of the node unchanged, except forwarding",
    left.map((name) => `${name}: ${before.get(name)} before, ${after.get(name)} after`).join(", "),
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
