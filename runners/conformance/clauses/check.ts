/** CHECK: passes while all is well, fails when something has been taken away, and changes nothing. */
import { run } from "../../../core/shell.ts";
import { demand, need, type Clause } from "../clause.ts";
import { difference, snapshot } from "../snapshot.ts";
import { removeAddress } from "../tamper.ts";
import { saidBy, type Added, type Trial } from "../trial.ts";

const SECTION = "2-CHECK";

async function passesAfterAdd(trial: Trial): Promise<void> {
  const { ok, last } = await trial.check(await trial.add());
  demand(ok, "CHECK to succeed right after ADD", saidBy(last));
}

async function passesAgain(trial: Trial): Promise<void> {
  const added = await healthy(trial);
  for (let i = 2; i <= 10; i++) {
    const { ok, last } = await trial.check(added);
    demand(ok, `CHECK number ${i} to succeed as the first did`, saidBy(last));
  }
}

async function changesNothing(trial: Trial): Promise<void> {
  const added = await trial.add();
  const before = await snapshot(trial);
  await trial.check(added);
  const changes = difference(before, await snapshot(trial));
  demand(changes.length === 0, "the node and the container as they were", `${changes.length} changes`, changes);
}

/** An attachment whose CHECK succeeds: only then does a failure after tampering tell anything. */
async function healthy(trial: Trial): Promise<Added> {
  const added = await trial.add();
  const { ok, last } = await trial.check(added);
  need(ok, `CHECK does not succeed on an attachment that is well: ${saidBy(last)}`);
  return added;
}

/** CHECK again after something was taken away. */
async function mustNotice(trial: Trial, added: Added, deed: string): Promise<void> {
  const { ok } = await trial.check(added);
  demand(!ok, `CHECK to fail after ${deed}`, "exit code 0");
}

async function noticesMissingLink(trial: Trial): Promise<void> {
  const added = await healthy(trial);
  await run(added.container.shell, ["ip", "link", "delete", "dev", added.ifName]);
  await mustNotice(trial, added, `${added.ifName} was deleted`);
}

async function noticesMissingAddress(trial: Trial): Promise<void> {
  const { result } = await healthy(trial);
  need(result.ips.length > 0, "the result has no address to take away");
  for (const index of result.ips.keys()) {
    // Each address alone, on an attachment of its own.
    const added = await healthy(trial);
    const address = added.result.ips[index]?.address;
    if (address === undefined) continue;
    await removeAddress(added, address);
    await mustNotice(trial, added, `${address} was removed`);
  }
}

export const check = [
  { id: "check.after-add", level: "MUST", since: "0.4.0", section: SECTION, sentence: "CHECK succeeds right after ADD.", test: passesAfterAdd },
  { id: "check.repeat", level: "derived", since: "0.4.0", section: SECTION, sentence: "CHECK succeeds as often as it is asked.", test: passesAgain },
  { id: "check.pure", level: "derived", since: "0.4.0", section: SECTION, sentence: "CHECK changes nothing.", test: changesNothing },
  { id: "check.tamper.link-deleted", level: "SHOULD", since: "0.4.0", kinds: ["interface"], section: SECTION, sentence: "CHECK fails when CNI_IFNAME is gone.", test: noticesMissingLink },
  { id: "check.tamper.ip-removed", level: "SHOULD", since: "0.4.0", kinds: ["interface"], section: SECTION, sentence: "CHECK fails when an address is gone.", test: noticesMissingAddress },
] as const satisfies readonly Clause[];
