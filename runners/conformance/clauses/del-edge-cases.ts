/** DEL when something else is not as it was: other links, another namespace, a strange prevResult, a daemon that is gone. */
import type { JsonObject } from "../../../cni/json.ts";
import { run, succeeded } from "../../../core/shell.ts";
import { reportedError, describeCall } from "../plugin-output.ts";
import { changedAttributes, readAttributes } from "../attributes.ts";
import { notApplicableUnless, demand, skipUnless, type Clause } from "../clause.ts";
import { demandNoLease } from "../leases.ts";
import { difference, takeSnapshot } from "../snapshot.ts";
import { readNetState, stateLines } from "../net-state.ts";
import type { AddedAttachment, Attachment, ClauseContext } from "../clause-context.ts";

const SECTION = "2-DEL";

/** What plugins may keep for all containers. */
const SHARED_FILES = /\/(\.?lock|last_reserved_ip)\b/;

/** Everything is as after the plugins before it, while the link is still there. */
async function undoes(context: ClauseContext): Promise<void> {
  await context.del(await context.add());
  const target = await context.createContainer();
  const [before, attributes] = [await takeSnapshot(context), await readAttributes(target)];
  const added = await context.add(target);
  const made = changedAttributes(attributes, await readAttributes(added));
  notApplicableUnless(
    made.length > 0 || difference(before, await takeSnapshot(context)).length > 0,
    "ADD changes nothing",
  );
  const call = await context.invokeTarget("DEL", context.atLeast("0.4.0") ? added : { ...added, raw: null });
  skipUnless(succeeded(call.output), `DEL fails: ${describeCall(call)}`);
  const kept = changedAttributes(attributes, await readAttributes(added)).map(
    (name) => `~ ${name}: was ${attributes.get(name)} before ADD`,
  );
  const left = [...difference(before, await takeSnapshot(context)).filter((line) => !SHARED_FILES.test(line)), ...kept];
  demand(left.length === 0, "the link and the node as before ADD of this plugin", `${left.length} differences`, left);
}

/** The path leads to another namespace now, in which somebody else may have anything. */
async function sparesOtherNamespace(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const { container } = added;
  await run(context.testNode.shell, [
    "sh",
    "-ec",
    `ip netns delete "$1"; ip netns add "$1"; ip -n "$1" link add wit0 type bridge`,
    "sh",
    container.id,
  ]);
  await sparesLinks(context, added, "in the namespace that has its path now");
}

async function sparesForeignLink(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  await run(target.container.shell, ["ip", "link", "add", "dev", target.ifName, "type", "bridge"]);
  await sparesLinks(context, target, "of a container that was never added");
}

async function sparesLinks(context: ClauseContext, of: Attachment, where: string): Promise<void> {
  const before = stateLines(await readNetState(of.container.shell));
  const { ok, last } = await context.del(of);
  demand(ok, "DEL to succeed", describeCall(last));
  const after = stateLines(await readNetState(of.container.shell));
  const gone = before.filter((line) => !after.includes(line));
  demand(gone.length === 0, `links ${where} as they were`, gone.join("; "));
}

/** Results that no plugin of this version made. */
function invalidPrevResults(
  added: AddedAttachment,
): readonly { readonly what: string; readonly prevResult: JsonObject }[] {
  return [
    { what: "of version 0.2.0", prevResult: { cniVersion: "0.2.0", ip4: { ip: "192.0.2.9/24" } } },
    {
      what: "that names links which are not there",
      prevResult: {
        ...added.raw,
        interfaces: [{ name: "nolink0", sandbox: "/run/netns/nowhere" }, { name: "nolink1" }],
      },
    },
    { what: "with other types", prevResult: { cniVersion: "1.0.0", interfaces: 1, ips: "x", routes: { a: [] } } },
  ];
}

async function survivesGarbage(context: ClauseContext): Promise<void> {
  const count = invalidPrevResults(await context.add()).length;
  for (let i = 0; i < count; i++) {
    const added = await context.add();
    const { what, prevResult } = invalidPrevResults(added)[i] as ReturnType<typeof invalidPrevResults>[number];
    const call = await context.invokeTarget("DEL", added, { request: (request) => ({ ...request, prevResult }) });
    demand(
      succeeded(call.output) || reportedError(call) !== null,
      `DEL with a prevResult ${what} to succeed, or to fail with an error object`,
      describeCall(call),
    );
    await demandNoLease(context, added);
  }
}

async function withoutDaemon(context: ClauseContext): Promise<void> {
  const { stopDaemon } = context.underTest;
  notApplicableUnless(stopDaemon !== undefined, "no daemon is known that the plugin needs");
  const added = await context.add();
  await run(context.testNode.shell, ["sh", "-ec", stopDaemon]);
  const call = await context.invokeTarget("DEL", context.atLeast("0.4.0") ? added : { ...added, raw: null });
  demand(succeeded(call.output), "DEL without the plugin's daemon to succeed", describeCall(call));
  await demandNoLease(context, added);
}

export const delEdgeCases = [
  {
    id: "del.undo",
    level: "SHOULD",
    kinds: ["chained"],
    section: SECTION,
    sentence: "DEL of a chained plugin restores what its ADD changed.",
    test: undoes,
  },
  {
    id: "del.netns.reused",
    level: "beyond",
    kinds: ["interface"],
    section: "-",
    sentence: "DEL does not affect another namespace that has taken over the container's path.",
    test: sparesOtherNamespace,
  },
  {
    id: "del.foreign",
    level: "beyond",
    kinds: ["interface"],
    section: "-",
    sentence: "DEL does not affect a link named CNI_IFNAME that the plugin did not create.",
    test: sparesForeignLink,
  },
  {
    id: "del.prevresult.garbage",
    level: "beyond",
    since: "0.4.0",
    section: SECTION,
    sentence: "DEL with an invalid prevResult releases the address, and succeeds or fails with an error object.",
    test: survivesGarbage,
  },
  {
    id: "del.dependency.down",
    level: "SHOULD",
    since: "0.3.0",
    section: SECTION,
    sentence: "DEL succeeds when the daemon that the plugin requires is stopped.",
    test: withoutDaemon,
  },
] as const satisfies readonly Clause[];
