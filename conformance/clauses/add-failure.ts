/** ADD: leftovers of a failed ADD, before and after DEL. */
import { describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { TestAttachment } from "./attachment.ts";
import { changesContainer } from "./container-effect.ts";
import { errorOutput, installFakeIpam } from "./fake-ipam.ts";
import { demandNoLease } from "./leases.ts";
import { difference, takeSnapshot } from "../node/snapshot.ts";
import { MISSING_NETNS, deleteLink, hasLink, occupyIfName, withNetns } from "./operations.ts";

/** Runs an ADD that fails late, when the plugin may have done most of its work: the interface name is in use. */
async function failAdd(context: ClauseContext): Promise<TestAttachment> {
  const target = await context.createContainer();
  const createsInterface = context.underTest.kinds.includes("interface");
  if (createsInterface) await occupyIfName(target);
  const failed = await context.invokeTarget("ADD", createsInterface ? target : withNetns(target, MISSING_NETNS));
  skipUnless(failed.output.exitCode !== 0, "an ADD that must fail succeeds");
  return target;
}

/** The IPAM plugin fails late. A runtime may retry before DEL, so the interface name must be free. */
async function leavesNoLink(context: ClauseContext): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  await fakeIpam.setResponse("ADD", 1, errorOutput(context, 11));
  const target = await fakeIpam.context.createContainer();
  const { ok } = await fakeIpam.context.tryAdd(target);
  skipUnless(!ok, "ADD succeeds although the IPAM plugin fails");
  demand(
    !(await hasLink(target)),
    `no ${target.ifName} in the container after a failed ADD`,
    `${target.ifName} exists`,
  );
}

async function leavesNoLease(context: ClauseContext): Promise<void> {
  const target = await failAdd(context);
  await deleteLink(target);
  await context.del(target);
  await demandNoLease(context, target);
}

async function cleanAfterDel(context: ClauseContext): Promise<void> {
  notApplicableUnless(
    !context.underTest.kinds.includes("ipam") && (await changesContainer(context)),
    "the plugin does not require the namespace",
  );
  await context.del(await context.add());
  const target = await context.createContainer();
  const before = await takeSnapshot(context);
  const call = await context.invokeTarget("ADD", withNetns(target, MISSING_NETNS));
  skipUnless(call.output.exitCode !== 0, "ADD succeeds although the namespace does not exist");
  // DEL also removes what earlier plugins in the list created; that is not judged here.
  await context.del(target);
  const left = difference(before, await takeSnapshot(context)).filter(
    (line) => !/last_reserved|lock/.test(line) && (context.underTest.target === 0 || line.startsWith("+")),
  );
  demand(left.length === 0, "the node unchanged after a failed ADD and DEL", `${left.length} differences`, left);
}

async function retries(context: ClauseContext): Promise<void> {
  const target = await failAdd(context);
  await deleteLink(target);
  await context.del(target);
  const { ok, last } = await context.tryAdd(context.underTest.target === 0 ? target : await context.createContainer());
  demand(ok, "ADD to succeed after a failed ADD and DEL, with the cause removed", describeCall(last));
}

export const addFailure = withSharedFacts({ dependsOnVersion: false, chain: "whole" }, [
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
    kinds: ["interface"],
    section: "-",
    sentence: "A failed ADD leaves no link in the container, even before DEL.",
    test: leavesNoLink,
  },
  {
    id: "add.fail.retry",
    level: "derived",
    kinds: ["interface", "delegating"],
    section: "2-ADD",
    sentence: "ADD succeeds after a failed ADD and DEL.",
    test: retries,
  },
]);
