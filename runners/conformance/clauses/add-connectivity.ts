/** ADD: whether the container can talk; and what a failed ADD leaves. */
import { run } from "../../../core/shell.ts";
import { saidBy } from "../answer.ts";
import { concerns, demand, need, type Clause } from "../clause.ts";
import { failure, installDouble } from "../double.ts";
import { keepsNoLease } from "../leases.ts";
import { difference, snapshot } from "../snapshot.ts";
import { readNetState } from "../state.ts";
import { doesNothing } from "../subject.ts";
import { NODE_ADDRESS } from "../surroundings.ts";
import type { Added, Attachment, Trial } from "../trial.ts";

/** Seconds until an answer must be there. */
const PING_TIMEOUT_S = 2;

async function respondsToPing({ container }: Attachment, address: string): Promise<boolean> {
  const ping = ["ping", "-n", "-c1", "-i0.2", "-w", String(PING_TIMEOUT_S), address];
  return (await container.shell.exec(ping, { timeout: PING_TIMEOUT_S + 2 })).exitCode === 0;
}

function addressOf(added: Added): string {
  const address = added.result.ips[0]?.address;
  concerns(address !== undefined, "the network gives no addresses");
  return address.split("/")[0] ?? "";
}

async function reachesGateway(trial: Trial): Promise<void> {
  concerns(trial.subject.gateway, "the gateway is not the plugin's");
  const added = await trial.add();
  for (const { gateway } of added.result.ips) {
    if (gateway !== undefined)
      demand(
        await respondsToPing(added, gateway),
        `an answer of the gateway ${gateway} within ${PING_TIMEOUT_S} s`,
        "none",
      );
  }
}

async function reachesPeer(trial: Trial): Promise<void> {
  const [first, second] = [await trial.add(), await trial.add()];
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

async function reachesNode(trial: Trial): Promise<void> {
  concerns(trial.subject.gateway, "the gateway is not the plugin's");
  const added = await trial.add();
  concerns(
    added.result.routes.some(({ dst }) => dst === "0.0.0.0/0"),
    "the network gives no default route",
  );
  demand(await respondsToPing(added, NODE_ADDRESS), `an answer of the node's other address ${NODE_ADDRESS}`, "none");
  // What is beyond the node sees the container only if the node forwards.
  await run(trial.surroundings.outside, ["ip", "route", "replace", "default", "via", NODE_ADDRESS]);
  demand(await respondsToPing(added, "198.18.0.2"), "an answer of a machine beyond the node", "none");
}

/** ADD that fails after much of it may have been done: the name is taken. */
async function failAdd(trial: Trial): Promise<Attachment> {
  const target = await trial.container();
  const taken = await trial.one(
    "ADD",
    trial.subject.kinds.includes("interface")
      ? await occupyIfName(target)
      : { ...target, container: { ...target.container, netns: "/run/netns/nowhere" } },
  );
  need(taken.output.exitCode !== 0, "ADD that should fail succeeds");
  return target;
}

async function occupyIfName(target: Attachment): Promise<Attachment> {
  await run(target.container.shell, ["ip", "link", "add", "dev", target.ifName, "type", "bridge"]);
  return target;
}

/** A failure after much was done: the IPAM plugin's. Before DEL, a second try must find the name free. */
async function leavesNoLink(trial: Trial): Promise<void> {
  const double = await installDouble(trial);
  await double.answer("ADD", 1, failure(trial, 11));
  const target = await double.trial.container();
  const { ok } = await double.trial.tryAdd(target);
  need(!ok, "ADD succeeds though the IPAM plugin fails");
  const left = (await readNetState(target.container.shell)).links.some(({ name }) => name === target.ifName);
  demand(!left, `no ${target.ifName} in the container after a failed ADD`, "it is there");
}

async function leavesNoLease(trial: Trial): Promise<void> {
  const target = await failAdd(trial);
  await run(target.container.shell, ["ip", "link", "delete", "dev", target.ifName]);
  await trial.del(target);
  await keepsNoLease(trial, target);
}

async function cleanAfterDel(trial: Trial): Promise<void> {
  concerns(
    !trial.subject.kinds.includes("ipam") && !doesNothing(trial.subject),
    "the plugin does not fail for the namespace's sake",
  );
  await trial.del(await trial.add());
  const target = await trial.container();
  const before = await snapshot(trial);
  const call = await trial.one("ADD", { ...target, container: { ...target.container, netns: "/run/netns/nowhere" } });
  need(call.output.exitCode !== 0, "ADD with a missing namespace succeeds");
  // What plugins before it made goes too, which is no matter of this one.
  await trial.del(target);
  const left = difference(before, await snapshot(trial)).filter(
    (line) => !/last_reserved|lock/.test(line) && (trial.subject.target === 0 || line.startsWith("+")),
  );
  demand(left.length === 0, "the node as before the failed ADD, after DEL", `${left.length} differences`, left);
}

async function retries(trial: Trial): Promise<void> {
  const target = await failAdd(trial);
  await target.container.shell.exec(["ip", "link", "delete", "dev", target.ifName]);
  await trial.del(target);
  const { ok, last } = await trial.tryAdd(trial.subject.target === 0 ? target : await trial.container());
  demand(ok, "ADD to succeed after a failed ADD and DEL, with the cause removed", saidBy(last));
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
    sentence: "Containers of a network reach each other.",
    test: reachesPeer,
  },
  {
    id: "add.connect.outside",
    level: "derived",
    kinds: LINKS,
    section: "1-Overview",
    sentence: "A container with a default route reaches the node and what is beyond it.",
    test: reachesNode,
  },
  {
    id: "add.fail.nolease",
    level: "derived",
    kinds: ["delegating"],
    section: "2-DEL",
    sentence: "After a failed ADD and DEL there is no reservation.",
    test: leavesNoLease,
  },
  {
    id: "add.fail.afterdel",
    level: "MUST",
    since: "0.4.0",
    section: "3-Lifecycle",
    sentence: "After a failed ADD and DEL nothing of it is left.",
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
    sentence: "ADD works after a failed ADD and DEL.",
    test: retries,
  },
] as const satisfies readonly Clause[];
