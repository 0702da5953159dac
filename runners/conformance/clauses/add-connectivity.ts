/** ADD: whether the container can talk; and what a failed ADD leaves. */
import { run } from "../../../core/shell.ts";
import { describeCall } from "../plugin-output.ts";
import { notApplicableUnless, demand, skipUnless, type Clause } from "../clause.ts";
import { errorOutput, installFakeIpam } from "../fake-ipam.ts";
import { demandNoLease } from "../leases.ts";
import { difference, takeSnapshot } from "../snapshot.ts";
import { readNetState } from "../net-state.ts";
import { doesNothing } from "../plugin-under-test.ts";
import { NODE_ADDRESS } from "../test-node.ts";
import type { AddedAttachment, Attachment, ClauseContext } from "../clause-context.ts";

/** Seconds until an answer must be there. */
const PING_TIMEOUT_S = 2;

async function respondsToPing({ container }: Attachment, address: string): Promise<boolean> {
  const ping = ["ping", "-n", "-c1", "-i0.2", "-w", String(PING_TIMEOUT_S), address];
  return (await container.shell.exec(ping, { timeout: PING_TIMEOUT_S + 2 })).exitCode === 0;
}

function addressOf(added: AddedAttachment): string {
  const address = added.result.ips[0]?.address;
  notApplicableUnless(address !== undefined, "the network gives no addresses");
  return address.split("/")[0] ?? "";
}

async function reachesGateway(context: ClauseContext): Promise<void> {
  notApplicableUnless(context.underTest.gateway, "the gateway is not the plugin's");
  const added = await context.add();
  for (const { gateway } of added.result.ips) {
    if (gateway !== undefined)
      demand(
        await respondsToPing(added, gateway),
        `an answer of the gateway ${gateway} within ${PING_TIMEOUT_S} s`,
        "none",
      );
  }
}

async function reachesPeer(context: ClauseContext): Promise<void> {
  const [first, second] = [await context.add(), await context.add()];
  for (const [from, to] of [
    [first, second],
    [second, first],
  ] as const) {
    demand(
      await respondsToPing(from, addressOf(to)),
      `an answer of ${addressOf(to)} to ${addressOf(from)} within ${PING_TIMEOUT_S} s`,
      "none",
    );
  }
}

async function reachesNode(context: ClauseContext): Promise<void> {
  notApplicableUnless(context.underTest.gateway, "the gateway is not the plugin's");
  const added = await context.add();
  notApplicableUnless(
    added.result.routes.some(({ dst }) => dst === "0.0.0.0/0"),
    "the network gives no default route",
  );
  demand(await respondsToPing(added, NODE_ADDRESS), `an answer of the node's other address ${NODE_ADDRESS}`, "none");
  // What is beyond the node sees the container only if the node forwards.
  await run(context.testNode.outside, ["ip", "route", "replace", "default", "via", NODE_ADDRESS]);
  demand(await respondsToPing(added, "198.18.0.2"), "an answer of a machine beyond the node", "none");
}

/** ADD that fails after much of it may have been done: the name is taken. */
async function failAdd(context: ClauseContext): Promise<Attachment> {
  const target = await context.createContainer();
  const taken = await context.invokeTarget(
    "ADD",
    context.underTest.kinds.includes("interface")
      ? await occupyIfName(target)
      : { ...target, container: { ...target.container, netns: "/run/netns/nowhere" } },
  );
  skipUnless(taken.output.exitCode !== 0, "ADD that should fail succeeds");
  return target;
}

async function occupyIfName(target: Attachment): Promise<Attachment> {
  await run(target.container.shell, ["ip", "link", "add", "dev", target.ifName, "type", "bridge"]);
  return target;
}

/** A failure after much was done: the IPAM plugin's. Before DEL, a second try must find the name free. */
async function leavesNoLink(context: ClauseContext): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  await fakeIpam.setResponse("ADD", 1, errorOutput(context, 11));
  const target = await fakeIpam.context.createContainer();
  const { ok } = await fakeIpam.context.tryAdd(target);
  skipUnless(!ok, "ADD succeeds though the IPAM plugin fails");
  const left = (await readNetState(target.container.shell)).links.some(({ name }) => name === target.ifName);
  demand(!left, `no ${target.ifName} in the container after a failed ADD`, "it is there");
}

async function leavesNoLease(context: ClauseContext): Promise<void> {
  const target = await failAdd(context);
  await run(target.container.shell, ["ip", "link", "delete", "dev", target.ifName]);
  await context.del(target);
  await demandNoLease(context, target);
}

async function cleanAfterDel(context: ClauseContext): Promise<void> {
  notApplicableUnless(
    !context.underTest.kinds.includes("ipam") && !doesNothing(context.underTest),
    "the plugin does not fail for the namespace's sake",
  );
  await context.del(await context.add());
  const target = await context.createContainer();
  const before = await takeSnapshot(context);
  const call = await context.invokeTarget("ADD", {
    ...target,
    container: { ...target.container, netns: "/run/netns/nowhere" },
  });
  skipUnless(call.output.exitCode !== 0, "ADD with a missing namespace succeeds");
  // What plugins before it made goes too, which is no matter of this one.
  await context.del(target);
  const left = difference(before, await takeSnapshot(context)).filter(
    (line) => !/last_reserved|lock/.test(line) && (context.underTest.target === 0 || line.startsWith("+")),
  );
  demand(left.length === 0, "the node as before the failed ADD, after DEL", `${left.length} differences`, left);
}

async function retries(context: ClauseContext): Promise<void> {
  const target = await failAdd(context);
  await target.container.shell.exec(["ip", "link", "delete", "dev", target.ifName]);
  await context.del(target);
  const { ok, last } = await context.tryAdd(context.underTest.target === 0 ? target : await context.createContainer());
  demand(ok, "ADD to succeed after a failed ADD and DEL, with the cause removed", describeCall(last));
}

const SECTION = "2-ADD";
const LINKS = ["interface"] as const;

export const addConnectivity = [
  {
    id: "add.connect.gateway",
    level: "derived",
    kinds: LINKS,
    section: SECTION,
    sentence: "The container reaches its gateway.",
    test: reachesGateway,
  },
  {
    id: "add.connect.peer",
    level: "derived",
    kinds: LINKS,
    section: "1-Overview",
    sentence: "Containers in a network reach each other.",
    test: reachesPeer,
  },
  {
    id: "add.connect.outside",
    level: "derived",
    kinds: LINKS,
    section: "1-Overview",
    sentence: "A container with a default route reaches the node and hosts beyond the node.",
    test: reachesNode,
  },
  {
    id: "add.fail.nolease",
    level: "derived",
    kinds: ["delegating"],
    section: "2-DEL",
    sentence: "No reservation remains after a failed ADD and DEL.",
    test: leavesNoLease,
  },
  {
    id: "add.fail.afterdel",
    level: "MUST",
    since: "0.4.0",
    section: "3-Lifecycle",
    sentence: "Nothing of a failed ADD remains after DEL.",
    test: cleanAfterDel,
  },
  {
    id: "add.fail.immediate",
    level: "beyond",
    kinds: LINKS,
    section: "-",
    sentence: "A failed ADD leaves no link in the container, even before DEL.",
    test: leavesNoLink,
  },
  {
    id: "add.fail.retry",
    level: "derived",
    kinds: ["interface", "delegating"],
    section: SECTION,
    sentence: "ADD succeeds after a failed ADD and DEL.",
    test: retries,
  },
] as const satisfies readonly Clause[];
