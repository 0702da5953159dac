/** ADD: addresses that neighbors or the kernel may not accept at once, because they are assigned again or tentative. */
import { canonicalAddress } from "../../core/ip.ts";
import { run, type Shell } from "../../core/shell.ts";
import { listAt, stringAt, tryParse, valueAt } from "../../core/untrusted-json.ts";
import type { AddedAttachment, TestAttachment } from "./attachment.ts";
import { describeCall } from "./call-output.ts";
import type { ClauseContext } from "./clause-context.ts";
import { withSharedFacts } from "./clause.ts";
import { connectionOf, meets, PING_TIMEOUT_S } from "./connection.ts";
import { demand, notApplicableUnless, skipUnless } from "./demand.ts";
import { addedBy } from "./with-result.ts";
import { observe } from "../node/recorder.ts";
import { withDualStack, withTwoAddresses } from "../under-test/network-variants.ts";

async function isReachableWithReusedAddress(context: ClauseContext): Promise<void> {
  const { network, added: first } = await addWithFewAddresses(context);
  const peer = await network.add();
  const formerAddresses = (await connectionOf(first)).addresses;
  const acquaintances: { readonly from: Shell; readonly address: string }[] = [];
  for (const from of [peer.container.shell, context.testNode.shell])
    for (const address of formerAddresses) if (await meets(from, address)) acquaintances.push({ from, address });
  const deleted = await network.del(first);
  skipUnless(deleted.ok, `DEL fails: ${describeCall(deleted.last)}`);
  const addresses = (await connectionOf(await network.add())).addresses.map(canonicalAddress);
  const reused = acquaintances.filter(({ address }) => addresses.includes(canonicalAddress(address)));
  notApplicableUnless(reused.length > 0, "the next ADD does not assign the address that DEL released");
  for (const { from, address } of reused)
    demand(
      await meets(from, address),
      `a ping reply of the new owner of ${address} to ${from.name} within ${PING_TIMEOUT_S} s`,
      "no reply; the former owner replied",
    );
}

interface FirstAdd {
  readonly network: ClauseContext;
  readonly added: AddedAttachment;
}

/** A container in a network that assigns an address again soon: with two addresses, of both families if possible. */
async function addWithFewAddresses(context: ClauseContext): Promise<FirstAdd> {
  for (const list of withTwoAddresses(context.underTest.list)) {
    const network = context.withNetwork(list);
    const outcome = await network.tryAdd(await network.createContainer());
    if (outcome.ok) return { network, added: addedBy(outcome) };
  }
  return { network: context, added: await context.add() };
}

/**
 * ALL: enables duplicate address detection, which tests disable otherwise, as in a new namespace (0), or on every
 * interface whatever its own setting is (1). A new namespace can draw the random delay 0, too.
 */
const ENABLE_DAD = `cd /proc/sys/net/ipv6/conf
echo "$1" >all/accept_dad; echo 1 >default/accept_dad; echo 0 >default/router_solicitation_delay`;

/** @param onAll whether an interface cannot disable the detection */
async function ipv6IsUsableAtOnce(context: ClauseContext, onAll: "0" | "1"): Promise<void> {
  const network = context.withNetwork(withDualStack(context.underTest.list) ?? context.underTest.list);
  const target = await network.createContainer();
  for (const shell of [context.testNode.shell, target.container.shell])
    await run(shell, ["sh", "-ec", ENABLE_DAD, "sh", onAll]);
  const { ok, last } = await network.tryAdd(target);
  const states = ok ? await readIpv6States(target) : [];
  notApplicableUnless(ok, `the plugin does not accept a pool of both families: ${describeCall(last)}`);
  notApplicableUnless(states.length > 0, "the network assigns no IPv6 address");
  for (const { address, isUsable, flags } of states)
    demand(isUsable, `the address ${address} usable when ADD returns`, flags.join(" "));
}

interface Ipv6State {
  readonly address: string;
  readonly isUsable: boolean;
  /** Flags of the kernel about duplicate address detection. */
  readonly flags: readonly string[];
}

const DAD_FLAGS = ["tentative", "optimistic", "dadfailed"];

/** Global addresses of the interface. */
async function readIpv6States({ container, ifName }: TestAttachment): Promise<readonly Ipv6State[]> {
  const output = await observe(container.shell, ["ip", "-6", "-j", "addr", "show", "scope", "global"]);
  const links = listAt(tryParse(output)).filter((link) => stringAt(link, "ifname") === ifName);
  return links.flatMap((link) =>
    listAt(link, "addr_info").map((info): Ipv6State => {
      const flags = DAD_FLAGS.filter((flag) => valueAt(info, flag) === true);
      const isUsable = !flags.includes("tentative") || (flags.includes("optimistic") && !flags.includes("dadfailed"));
      return { address: stringAt(info, "local") ?? "", isUsable, flags };
    }),
  );
}

const LINKS = ["interface"] as const;

export const addAddressesUsable = withSharedFacts({ dependsOnVersion: false, chain: "whole" }, [
  {
    id: "add.connect.dad",
    level: "derived",
    kinds: LINKS,
    section: "5-ADD",
    sentence: "An IPv6 address is usable when ADD returns: duplicate address detection has ended, or is optimistic.",
    test: (context) => ipv6IsUsableAtOnce(context, "0"),
  },
  {
    id: "add.connect.dad.all",
    level: "beyond",
    kinds: LINKS,
    section: "-",
    sentence:
      "An IPv6 address is also usable when ADD returns if duplicate address detection is enabled for all interfaces.",
    test: (context) => ipv6IsUsableAtOnce(context, "1"),
  },
  {
    id: "add.connect.reused",
    level: "beyond",
    kinds: LINKS,
    containers: "several",
    section: "-",
    sentence: "An address that DEL released reaches its next container at once, from everything that used it before.",
    test: isReachableWithReusedAddress,
  },
]);
