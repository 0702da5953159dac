/** CHECK: detects changes to the container's interface: link, MAC address, MTU, addresses, routes. */
import { run, type Shell } from "../../core/shell.ts";
import { setAttribute } from "../node/attributes.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment } from "./attachment.ts";
import { readNamespaces } from "../node/observed.ts";
import { removeAddress } from "../node/tamper.ts";
import { addHealthy } from "./operations.ts";

/**
 * Tampers with a new attachment and demands that CHECK fails.
 * @param tamper returns false if the attachment has nothing to tamper with
 * @returns false in that case
 */
export async function detects(
  context: ClauseContext,
  event: string,
  tamper: (added: AddedAttachment) => Promise<boolean | void>,
): Promise<boolean> {
  const added = await addHealthy(context);
  if ((await tamper(added)) === false) return false;
  const { ok } = await context.check(added);
  demand(!ok, `CHECK to fail after ${event}`, "exit code 0");
  return true;
}

/** Runs `ip` with these arguments. */
export async function ip(shell: Shell, ...args: readonly string[]): Promise<void> {
  await run(shell, ["ip", ...args]);
}

/** @param commands arguments of `ip link`, with IF for the interface */
async function detectsLinkChange(context: ClauseContext, event: string, ...commands: readonly string[]): Promise<void> {
  await detects(context, event, async ({ container, ifName }) => {
    for (const command of commands) await ip(container.shell, "link", ...command.replaceAll("IF", ifName).split(" "));
  });
}

async function detectsMacChange(context: ClauseContext): Promise<void> {
  await detects(context, "the MAC address was changed", async (added) => {
    notApplicableUnless(
      added.result.interfaces.some(({ name, mac }) => name === added.ifName && mac !== undefined),
      "the result contains no MAC address",
    );
    notApplicableUnless(
      await setAttribute(added, "mac", "02:00:00:00:be:ef"),
      "the kernel does not allow changes to the MAC address of this link",
    );
  });
}

async function detectsMtuChange(context: ClauseContext): Promise<void> {
  await detects(context, "the MTU was changed", async ({ container, ifName }) =>
    ip(container.shell, "link", "set", "dev", ifName, "mtu", "1280"),
  );
}

/** Removes each address alone, on a separate attachment. */
async function detectsRemovedAddress(context: ClauseContext): Promise<void> {
  const { result } = await addHealthy(context);
  notApplicableUnless(result.ips.length > 0, "the result has no address");
  for (const index of result.ips.keys()) {
    await detects(context, "an address was removed", async (added) => {
      const address = added.result.ips[index]?.address;
      if (address === undefined) return false;
      await removeAddress(added, address);
      return true;
    });
  }
}

async function detectsReplacedAddress(context: ClauseContext): Promise<void> {
  const hasAddress = await detects(context, "an address was replaced", async (added) => {
    const address = added.result.ips[0]?.address;
    if (address === undefined) return false;
    await removeAddress(added, address);
    const other = address.includes(":") ? "2001:db8::99/64" : "192.0.2.99/24";
    await ip(added.container.shell, "addr", "add", other, "dev", added.ifName);
    return true;
  });
  notApplicableUnless(hasAddress, "the result has no address");
}

/** Removes each route of the result alone, on a separate attachment. */
async function detectsRemovedRoute(context: ClauseContext): Promise<void> {
  const { result } = await addHealthy(context);
  notApplicableUnless(result.routes.length > 0, "the result has no route");
  for (const { dst } of result.routes) {
    await detects(context, `route ${dst} was removed`, async (added) => {
      await ip(added.container.shell, dst.includes(":") ? "-6" : "-4", "route", "del", dst, "dev", added.ifName);
    });
  }
}

async function detectsOtherGateway(context: ClauseContext): Promise<void> {
  const hasRoute = await detects(context, "the gateway of the default route was changed", async (added) => {
    const [inside] = await readNamespaces(context, added);
    const old = inside.routes.find(({ dst, dev, gw }) => dst === "0.0.0.0/0" && dev === added.ifName && gw !== "");
    if (old === undefined) return false;
    const route = ["default", "via", "192.0.2.254", "dev", added.ifName, "onlink"];
    await ip(added.container.shell, "route", "replace", ...route);
    return true;
  });
  notApplicableUnless(hasRoute, "the container has no default route");
}

const COMMON = { level: "SHOULD", since: "0.4.0", kinds: ["interface"], section: "2-CHECK" } as const;

export const checkTamper = withSharedFacts({ chain: "whole" }, [
  {
    ...COMMON,
    id: "check.tamper.link-deleted",
    core: true,
    sentence: "CHECK fails when CNI_IFNAME was deleted.",
    test: (context) => detectsLinkChange(context, "the link was deleted", "delete dev IF"),
  },
  {
    ...COMMON,
    id: "check.tamper.link-renamed",
    dependsOnVersion: false,
    sentence: "CHECK fails when CNI_IFNAME was renamed.",
    test: (context) =>
      detectsLinkChange(
        context,
        "the link was renamed",
        "set dev IF down",
        "set dev IF name renamed0",
        "set dev renamed0 up",
      ),
  },
  {
    ...COMMON,
    id: "check.tamper.link-down",
    dependsOnVersion: false,
    sentence: "CHECK fails when CNI_IFNAME is down.",
    test: (context) => detectsLinkChange(context, "the link was set down", "set dev IF down"),
  },
  {
    ...COMMON,
    id: "check.tamper.mac",
    sentence: "CHECK fails when the MAC address differs from the result.",
    test: detectsMacChange,
  },
  {
    ...COMMON,
    id: "check.tamper.mtu",
    earlier: { before: "1.1.0", level: "beyond" },
    sentence: "CHECK fails when the MTU was changed.",
    test: detectsMtuChange,
  },
  {
    ...COMMON,
    id: "check.tamper.ip-removed",
    core: true,
    sentence: "CHECK fails when an address was removed.",
    test: detectsRemovedAddress,
  },
  {
    ...COMMON,
    id: "check.tamper.ip-replaced",
    dependsOnVersion: false,
    sentence: "CHECK fails when an address was replaced.",
    test: detectsReplacedAddress,
  },
  {
    ...COMMON,
    id: "check.tamper.route-removed",
    sentence: "CHECK fails when a route was removed.",
    test: detectsRemovedRoute,
  },
  {
    ...COMMON,
    id: "check.tamper.route-gw",
    dependsOnVersion: false,
    sentence: "CHECK fails when the default route has a different gateway.",
    test: detectsOtherGateway,
  },
]);
