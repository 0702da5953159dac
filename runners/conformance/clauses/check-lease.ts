/** CHECK: notices that what the container relies on elsewhere is gone: its reservation, the plugin's daemon. */
import { run } from "../../../core/shell.ts";
import { demandRejected } from "../plugin-output.ts";
import { notApplicableUnless, demand, skipUnless, type Clause } from "../clause.ts";
import { standaloneIpam } from "../standalone-ipam.ts";
import { singleAddressContext } from "../leases.ts";
import type { AddedAttachment, ClauseContext } from "../clause-context.ts";
import { addHealthy } from "./attachments.ts";

const SECTION = "2-CHECK";

/** Releases the reservation; an upper plugin can only know of it what its IPAM plugin tells. */
async function released(context: ClauseContext, added: AddedAttachment): Promise<ClauseContext> {
  notApplicableUnless(
    !context.underTest.configured.includes("fixed"),
    "the configuration names the address: there is no reservation",
  );
  const ipam = await standaloneIpam(context);
  const call = await ipam.invokeTarget("DEL", added);
  skipUnless(call.output.exitCode === 0, "the IPAM plugin does not release the reservation");
  return ipam;
}

async function demandNoticed(
  context: ClauseContext,
  ipam: ClauseContext,
  added: AddedAttachment,
  deed: string,
): Promise<void> {
  if (ipam !== context)
    skipUnless(!(await ipam.check(added)).ok, `the IPAM plugin itself does not notice that ${deed}`);
  const { ok } = await context.check(added);
  demand(!ok, `CHECK to fail after ${deed}`, "exit code 0");
}

async function leaseGone(context: ClauseContext): Promise<void> {
  const pool = singleAddressContext(context) ?? context;
  const added = await addHealthy(pool);
  const ipam = await released(pool, added);
  await demandNoticed(pool, ipam, added, "its reservation was released");
  const other = await ipam.tryAdd(await ipam.createContainer());
  if (other.ok) await demandNoticed(pool, ipam, added, "its address was given to another container");
}

/** The reservation is there, but for another address than the container has. */
async function leaseOther(context: ClauseContext): Promise<void> {
  const added = await addHealthy(context);
  const ipam = await released(context, added);
  // Somebody takes the address, so that the container gets another.
  await ipam.tryAdd(await ipam.createContainer());
  const again = await ipam.tryAdd({ ...added, raw: null });
  const [address] = added.result.ips;
  notApplicableUnless(address !== undefined, "the result has no address");
  skipUnless(
    again.ok && !JSON.stringify(again.raw).includes(`"${address.address}"`),
    "the IPAM plugin gives the container no other address",
  );
  await demandNoticed(context, ipam, added, "its reservation became one for another address");
}

async function daemon(context: ClauseContext): Promise<void> {
  const { stopDaemon } = context.underTest;
  notApplicableUnless(stopDaemon !== undefined, "no daemon is known that the plugin needs");
  const added = await addHealthy(context);
  await run(context.testNode.shell, ["sh", "-ec", stopDaemon]);
  demandRejected(await context.invokeTarget("CHECK", added), "CHECK without the plugin's daemon");
}

const since = "0.4.0" as const;
const POOLS = ["ipam", "delegating"] as const;

export const checkLease = [
  {
    id: "check.tamper.lease",
    level: "SHOULD",
    since,
    kinds: POOLS,
    section: SECTION,
    sentence: "CHECK fails when the reservation is missing or another container has the address.",
    test: leaseGone,
  },
  {
    id: "check.tamper.lease-ip",
    level: "SHOULD",
    since,
    kinds: POOLS,
    section: SECTION,
    sentence: "CHECK fails when the reservation is for a different address than in the result.",
    test: leaseOther,
  },
  {
    id: "check.tamper.daemon",
    level: "SHOULD",
    since,
    section: SECTION,
    sentence: "CHECK fails when the daemon that the plugin requires is stopped.",
    test: daemon,
  },
] as const satisfies readonly Clause[];
