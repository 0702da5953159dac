/** CHECK: detects that the reservation is missing or different, or that the plugin's daemon is stopped. */
import { run } from "../../core/shell.ts";
import { demandRejected } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import { standaloneIpam } from "./standalone-ipam.ts";
import { filesMentioning, observeLeases } from "./lease-files.ts";
import { singleAddressContext } from "./leases.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment } from "./attachment.ts";
import { NO_DAEMON, addHealthy } from "./operations.ts";

const SECTION = "2-CHECK";

/** Releases the reservation of the attachment in the IPAM plugin. @returns the context of the IPAM plugin alone */
async function releaseReservation(context: ClauseContext, added: AddedAttachment): Promise<ClauseContext> {
  notApplicableUnless(
    !context.underTest.configured.includes("fixed"),
    "the configuration assigns a fixed address without a reservation",
  );
  const ipam = await standaloneIpam(context);
  const call = await ipam.invokeTarget("DEL", added);
  skipUnless(call.output.exitCode === 0, "the IPAM plugin does not release the reservation");
  return ipam;
}

/** CHECK of a calling plugin can detect only what CHECK of its IPAM plugin detects. */
async function demandDetected(
  context: ClauseContext,
  ipam: ClauseContext,
  added: AddedAttachment,
  event: string,
): Promise<void> {
  if (ipam !== context)
    skipUnless(!(await ipam.check(added)).ok, `the IPAM plugin itself does not detect that ${event}`);
  const { ok } = await context.check(added);
  demand(!ok, `CHECK to fail after ${event}`, "exit code 0");
}

/**
 * A plugin that assigns addresses itself: the files of its reservation are deleted, if its next ADD shows that they are
 * the reservation by assigning the address again.
 */
async function detectsDeletedFiles(context: ClauseContext): Promise<void> {
  notApplicableUnless(!context.underTest.exclusive, "the plugin serves one container at a time");
  const added = await addHealthy(context);
  const isLease = await observeLeases(context);
  const files = (await filesMentioning(context, added.container)).filter(isLease);
  notApplicableUnless(files.length > 0, "the plugin keeps no file for a container");
  await run(context.testNode.shell, ["rm", "--", ...files]);
  const other = await context.tryAdd(await context.createContainer());
  const [address] = added.result.ips;
  notApplicableUnless(
    other.ok && address !== undefined && JSON.stringify(other.raw).includes(`"${address.address}"`),
    "the files of the container are not the reservation of its address",
  );
  await demandDetected(context, context, added, "its address was assigned to another container");
}

async function detectsMissingLease(context: ClauseContext): Promise<void> {
  if (!context.underTest.kinds.some((kind) => kind === "ipam" || kind === "delegating"))
    return detectsDeletedFiles(context);
  const pool = singleAddressContext(context) ?? context;
  const added = await addHealthy(pool);
  const ipam = await releaseReservation(pool, added);
  await demandDetected(pool, ipam, added, "its reservation was released");
  const other = await ipam.tryAdd(await ipam.createContainer());
  if (other.ok) await demandDetected(pool, ipam, added, "its address was assigned to another container");
}

/** The reservation exists, but for a different address than the container has. */
async function detectsOtherLease(context: ClauseContext): Promise<void> {
  const added = await addHealthy(context);
  const ipam = await releaseReservation(context, added);
  // Another container takes the address, so that the first one gets a different address.
  await ipam.tryAdd(await ipam.createContainer());
  const again = await ipam.tryAdd({ ...added, raw: null });
  const [address] = added.result.ips;
  notApplicableUnless(address !== undefined, "the result has no address");
  skipUnless(
    again.ok && !JSON.stringify(again.raw).includes(`"${address.address}"`),
    "the IPAM plugin does not assign a different address",
  );
  await demandDetected(context, ipam, added, "its reservation was changed to a different address");
}

async function detectsStoppedDaemon(context: ClauseContext): Promise<void> {
  const { stopDaemon } = context.underTest;
  notApplicableUnless(stopDaemon !== undefined, NO_DAEMON);
  const added = await addHealthy(context);
  await run(context.testNode.shell, ["sh", "-ec", stopDaemon]);
  demandRejected(await context.invokeTarget("CHECK", added), "CHECK without the plugin's daemon");
}

const since = "0.4.0" as const;
const POOLS = ["ipam", "delegating"] as const;

export const checkLease = withSharedFacts({ dependsOnVersion: false, chain: "whole" }, [
  {
    id: "check.tamper.lease",
    level: "SHOULD",
    since,
    kinds: [...POOLS, "interface"],
    section: SECTION,
    sentence: "CHECK fails when the reservation is missing or another container has the address.",
    test: detectsMissingLease,
  },
  {
    id: "check.tamper.lease-ip",
    level: "SHOULD",
    since,
    kinds: POOLS,
    section: SECTION,
    sentence: "CHECK fails when the reservation is for a different address than in the result.",
    test: detectsOtherLease,
  },
  {
    id: "check.tamper.daemon",
    level: "SHOULD",
    since,
    section: SECTION,
    sentence: "CHECK fails when the daemon that the plugin requires is stopped.",
    test: detectsStoppedDaemon,
  },
]);
