/** Mutants of CHECK. */
import { nodeIdOf, fail, withConfig, without } from "./mutant-helpers.ts";
import { checkAddresses, checkHostLink, checkLink, checkRoutes, containerLinkOf } from "./interface-check.ts";
import { runScript } from "./script.ts";
import { ri, rp, type Mutant } from "./mutant.ts";
import { DAEMON_CONFIG } from "./mutants-del.ts";
import { prevResultOf, type Request } from "./protocol.ts";

/** CHECK goes on, or ends well, where the sound one refuses. */
const hidingError =
  (problem: RegExp): Parameters<typeof ri>[3] =>
  (original) => ({
    check: (request) =>
      original.check(request).catch((error: unknown) => {
        if (!(error instanceof Error && problem.test(error.message))) throw error;
      }),
  });

export const CHECK: readonly Mutant[] = [
  ri(
    "M125",
    "CHECK always succeeds",
    [
      "check.prevresult.required",
      "check.prevresult.consulted",
      "check.tamper.link-deleted",
      "check.tamper.ip-removed",
      "check.tamper.route-removed",
      "check.tamper.mac",
    ],
    () => ({ check: async () => undefined }),
    { mayAlsoFail: ["check.*", "dlg.*", "gc.granularity"] },
  ),
  ri("M127", "CHECK does not need prevResult", ["check.prevresult.required"], hidingError(/needs prevResult/)),
  ri("M128", "CHECK does not look at addresses", ["check.tamper.ip-removed", "check.tamper.ip-replaced"], () => ({
    checkContainer: (attached) => {
      checkLink(attached);
      checkRoutes(attached);
    },
  })),
  ri("M130", "CHECK does not look at routes", ["check.tamper.route-removed"], () => ({
    checkContainer: (attached) => {
      checkLink(attached);
      checkAddresses(attached);
    },
  })),
  ri("M131", "CHECK accepts any default route", ["check.tamper.route-gw"], () => ({
    checkContainer: (attached) => {
      checkLink(attached);
      checkAddresses(attached);
      checkRoutes({
        ...attached,
        prev: { ...attached.prev, routes: attached.prev.routes.map(({ dst }) => ({ dst })) },
      });
    },
  })),
  ri("M133", "CHECK does not look whether the link is up", ["check.tamper.link-down"], (original) => ({
    checkContainer: (attached) => {
      containerLinkOf(attached);
      original.checkContainer({
        ...attached,
        container: { ...attached.container, links: attached.container.links.map((link) => ({ ...link, up: true })) },
        prev: { ...attached.prev, routes: [] },
      });
    },
  })),
  ri("M134", "CHECK does not look at the node's side", ["check.tamper.host-link"], () => ({
    checkNode: () => undefined,
  })),
  ri("M136", "CHECK fails where no IPAM is configured", ["check.after-add"], (original) => ({
    check: (request) => (original.delegates(request) ? original.check(request) : fail("no plugin name provided")),
  })),
  ri("M142", "CHECK fails on more routes than its own", ["check.later-plugin"], (original) => ({
    checkContainer: (attached) => {
      original.checkContainer(attached);
      if (
        attached.container.routes.filter(({ protocol }) => protocol !== "kernel").length > attached.prev.routes.length
      )
        fail("there is an unknown route");
    },
  })),
  ri("M143", "CHECK puts missing addresses back", ["check.tamper.ip-removed", "check.pure"], (original) => ({
    check: async (request) => {
      for (const { address } of prevResultOf(request)?.ips ?? []) {
        await request.shell.exec([
          "nsenter",
          `--net=${request.netns}`,
          "--",
          "ip",
          "addr",
          "replace",
          address,
          "dev",
          request.ifName,
        ]);
      }
      for (const { dst, gw = "" } of prevResultOf(request)?.routes ?? []) {
        await request.shell.exec([
          "nsenter",
          `--net=${request.netns}`,
          "--",
          "ip",
          "route",
          "replace",
          dst,
          "via",
          gw,
          "dev",
          request.ifName,
        ]);
      }
      await original.check(request);
    },
  })),
  ri(
    "M145",
    "CHECK keeps the IPAM plugin's error to itself",
    ["dlg.error.propagates", "check.tamper.lease"],
    (original) => ({ check: withoutLease(original) }),
  ),
  ri("M149", "CHECK accepts version 0.3.1", ["check.version"], (original) => ({
    serve: (call) =>
      original.serve(
        call.env.CNI_COMMAND === "CHECK"
          ? withConfig(call, (config) => (config.cniVersion === "0.3.1" ? { ...config, cniVersion: "1.1.0" } : config))
          : call,
      ),
  })),
  ri("M230", "CHECK finds the link by its MAC, not by its name", ["check.tamper.link-renamed"], (original) => ({
    inspect: async (request, prev) => {
      const attached = await original.inspect(request, prev);
      const mac = prev.interfaces.find(({ name }) => name === request.ifName)?.mac;
      const actual = attached.container.links.find((link) => link.mac === mac)?.name ?? request.ifName;
      const renamed = <T extends { readonly name?: string; readonly link?: string; readonly dev?: string }>(
        facts: readonly T[],
      ): T[] =>
        facts.map((fact) => ({
          ...fact,
          ...(fact.name === actual && { name: request.ifName }),
          ...(fact.link === actual && { link: request.ifName }),
        }));
      const { links, addresses, routes } = attached.container;
      return {
        ...attached,
        prev: { ...prev, routes: [] },
        container: { links: renamed(links), addresses: renamed(addresses), routes },
      };
    },
  })),
  ri(
    "M232",
    "CHECK looks at neither gateway nor forwarding",
    ["check.tamper.gateway", "check.tamper.forwarding"],
    () => ({ checkNode: checkHostLink }),
  ),
  ri("M235", "CHECK of a missing namespace succeeds", ["check.tamper.netns"], hidingError(/CNI_NETNS is not/)),
  rp(
    "M236",
    "CHECK and STATUS succeed while the daemon is down",
    ["check.tamper.daemon", "status.daemon"],
    (original) => ({
      requireDaemon: async (request) => (request.command === "ADD" ? original.requireDaemon(request) : undefined),
    }),
    { config: DAEMON_CONFIG },
  ),
  rp(
    "M146",
    "CHECK passes for any id that once had a lease",
    ["check.tamper.lease"],
    (original) => {
      const known = new Set<string>();
      return {
        add: async (request) => {
          const result = await original.add(request);
          known.add(`${await nodeIdOf(request)} ${original.ownerOf(request)}`);
          return result;
        },
        check: async (request) => {
          if (
            original.prevResultAddresses(request).length === 0 ||
            !known.has(`${await nodeIdOf(request)} ${original.ownerOf(request)}`)
          )
            await original.check(request);
        },
      };
    },
    { mayAlsoFail: ["check.*", "gc.granularity"] },
  ),
  rp("M148", "CHECK takes a lease where there is none", ["check.pure", "check.unknown"], (original) => ({
    check: async (request) => {
      if ((await original.ownAddresses(request)).length === 0) await original.add(request);
      else await original.check(request);
      await runScript(
        request.shell,
        `mkdir -p "$1"; echo renewed >>"$1/renewals"`,
        `${original.leaseDir(request)}.log`,
      );
    },
  })),
];

function withoutLease(original: { check(request: Request): Promise<void> }): (request: Request) => Promise<void> {
  return async (request) => {
    // The same network with its own part alone.
    await original.check({ ...request, config: without(request.config, "ipam") });
  };
}
