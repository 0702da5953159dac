/** DEL: does not affect other containers, interfaces and networks. */
import { podArgs } from "../../cni/index.ts";
import { containerIdOf } from "../../core/container-id.ts";
import { describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import { addBystander, demandUnaffected } from "./bystander.ts";
import type { ClauseContext } from "./clause-context.ts";
import { NO_SECOND_RANGE, hasOwnRange, secondNetwork } from "../under-test/network-variants.ts";
import { MISSING_NETNS } from "./operations.ts";

async function preservesOthers(context: ClauseContext): Promise<void> {
  const bystander = await addBystander(context);
  await context.del(await context.add());
  await demandUnaffected(context, bystander, "DEL of another container");
}

/** DEL with IDs of containers that were never added; env.containerid.distinct tries IDs that look alike. */
async function distinguishesIds(context: ClauseContext): Promise<void> {
  const bystander = await addBystander(context);
  const { container } = bystander.added;
  for (const id of [containerIdOf("unknown"), "unknown"]) {
    await context.del({
      ...bystander.added,
      ...(context.underTest.kinds.includes("chained") && { raw: null }),
      container: { ...container, id, podName: "unknown", netns: MISSING_NETNS },
    });
  }
  await demandUnaffected(context, bystander, "DEL of other container IDs");
}

/** A container runtime may run DEL of the previous container of a pod, again, after ADD of its successor. */
async function preservesSuccessor(context: ClauseContext): Promise<void> {
  const podName = "cnibench-pod";
  notApplicableUnless(
    podArgs({ podName, id: "" }, context.underTest.cniArgs).some(([key]) => key === "K8S_POD_NAME"),
    "CNI_ARGS has no K8S_POD_NAME",
  );
  const previous = await context.add(await context.createContainer(undefined, { podName }));
  const next = await context.createContainer(undefined, { podName });
  const { ok, last } = await context.tryAdd(next);
  demand(ok, "ADD of another container of the same pod to succeed", describeCall(last));
  await context.del(next);
  const successor = await addBystander(context, next);
  await context.del(previous);
  await demandUnaffected(context, successor, "DEL of the previous container of the pod");
}

async function preservesOtherNetwork(context: ClauseContext): Promise<void> {
  const second = context.withNetwork(secondNetwork(context.underTest.list));
  await preservesOtherInterface(context, second, "in another network");
  // The same container ID and interface name in both networks, which differ only in the network name.
  const bystander = await addBystander(context);
  const other = await second.createContainer();
  const { id, podName } = bystander.added.container;
  const same = { ...other, container: { ...other.container, id, podName } };
  const added = await second.tryAdd(same);
  notApplicableUnless(added.ok || hasOwnRange(context.underTest.list), NO_SECOND_RANGE);
  demand(added.ok, "ADD of the same IDs in another network to succeed", describeCall(added.last));
  const { ok, last } = await second.del({ ...same, raw: added.raw });
  demand(ok, "DEL of the same IDs in another network to succeed", describeCall(last));
  await demandUnaffected(context, bystander, "DEL of the same IDs in another network");
}

/** Adds eth0 and eth1 of one container and deletes eth1. */
async function preservesOtherInterface(context: ClauseContext, second: ClauseContext, location: string): Promise<void> {
  const bystander = await addBystander(context);
  const deleted = await second.add(await second.attach(bystander.added.container, "eth1"));
  const { ok, last } = await second.del(deleted);
  demand(ok, "DEL of eth1 to succeed", describeCall(last));
  await demandUnaffected(context, bystander, `DEL of eth1 ${location}`);
}

const FACTS = { dependsOnVersion: false, chain: "whole", containers: "several", needsChanges: true } as const;

export const delIsolation = withSharedFacts(FACTS, [
  {
    id: "del.others",
    level: "derived",
    node: true,
    section: "2-DEL",
    sentence: "DEL does not affect other containers in the network.",
    test: preservesOthers,
  },
  {
    id: "del.env.ids",
    level: "derived",
    since: "0.4.0",
    section: "2-DEL",
    sentence: "DEL with other container IDs does not affect a container.",
    test: distinguishesIds,
  },
  {
    id: "del.same-pod",
    level: "derived",
    since: "0.4.0",
    section: "2-DEL",
    sentence: "ADD and DEL do not confuse two containers of the same pod, of which one replaces the other.",
    test: preservesSuccessor,
  },
  {
    id: "del.same-cid",
    level: "MUST",
    since: "0.4.0",
    node: true,
    section: "2-ADD",
    sentence: "DEL of one interface does not affect the container's other interface.",
    test: (context) => preservesOtherInterface(context, context, "of the same container"),
  },
  {
    id: "del.other-network",
    level: "derived",
    since: "0.4.0",
    section: "0.4.0 Parameters",
    sentence: "DEL in one network does not affect the container's other networks.",
    test: preservesOtherNetwork,
  },
]);
