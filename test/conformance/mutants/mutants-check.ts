/** Mutants of CHECK. */
import { hidingError, nodeIdOf, fail, withConfig, without } from "./mutant-helpers.ts";
import { checkAddresses, checkHostLink, checkLink, checkRoutes, containerLinkOf } from "./interface-check.ts";
import { runScript } from "./script.ts";
import { ri, rp, type Mutant } from "./mutant.ts";
import { DAEMON_CONFIG } from "./mutants-del.ts";
import { prevResultOf, type Request } from "./protocol.ts";

export const CHECK: readonly Mutant[] = [
  ri(
    {
      number: "M125",
      description: "CHECK always succeeds",
      fails: [
        "check.prevresult.required",
        "check.prevresult.consulted",
        "check.tamper.link-deleted",
        "check.tamper.ip-removed",
        "check.tamper.route-removed",
        "check.tamper.mac",
      ],
      mayAlsoFail: ["check.*", "dlg.*", "gc.granularity"],
    },
    () => ({ check: async () => undefined }),
  ),
  ri(
    { number: "M127", description: "CHECK does not require prevResult", fails: ["check.prevresult.required"] },
    hidingError(/requires prevResult/),
  ),
  ri(
    {
      number: "M128",
      description: "CHECK does not inspect addresses",
      fails: ["check.tamper.ip-removed", "check.tamper.ip-replaced"],
    },
    () => ({
      checkContainer: (attached) => {
        checkLink(attached);
        checkRoutes(attached);
      },
    }),
  ),
  ri(
    {
      number: "M130",
      description: "CHECK does not inspect routes",
      fails: ["check.tamper.route-removed"],
      mayAlsoFail: ["check.tamper.route-gw"],
    },
    () => ({
      checkContainer: (attached) => {
        checkLink(attached);
        checkAddresses(attached);
      },
    }),
  ),
  ri({ number: "M131", description: "CHECK accepts any default route", fails: ["check.tamper.route-gw"] }, () => ({
    checkContainer: (attached) => {
      checkLink(attached);
      checkAddresses(attached);
      checkRoutes({
        ...attached,
        prev: { ...attached.prev, routes: attached.prev.routes.map(({ dst }) => ({ dst })) },
      });
    },
  })),
  ri(
    { number: "M133", description: "CHECK does not inspect whether the link is up", fails: ["check.tamper.link-down"] },
    () => ({
      checkContainer: (attached) => {
        containerLinkOf(attached);
        const links = attached.container.links.map((link) => ({ ...link, up: true }));
        checkLink({ ...attached, container: { ...attached.container, links } });
        // A link that is down has no routes, so CHECK does not look at them.
        checkAddresses(attached);
      },
    }),
  ),
  ri({ number: "M134", description: "CHECK does not inspect the node", fails: ["check.tamper.host-link"] }, () => ({
    checkNode: () => undefined,
  })),
  ri(
    { number: "M136", description: "CHECK fails when no IPAM is configured", fails: ["check.after-add"] },
    (original) => ({
      check: (request) => (original.delegates(request) ? original.check(request) : fail("no plugin name provided")),
    }),
  ),
  ri(
    { number: "M142", description: "CHECK fails when there are additional routes", fails: ["check.later-plugin"] },
    (original) => ({
      checkContainer: (attached) => {
        original.checkContainer(attached);
        if (
          attached.container.routes.filter(({ protocol }) => protocol !== "kernel").length > attached.prev.routes.length
        )
          fail("there is an unknown route");
      },
    }),
  ),
  ri(
    {
      number: "M143",
      description: "CHECK restores missing addresses",
      fails: ["check.tamper.ip-removed", "check.pure"],
    },
    (original) => ({
      check: async (request) => {
        const shell = original.containerShell(request);
        for (const { address } of prevResultOf(request)?.ips ?? [])
          await shell.exec(["ip", "addr", "replace", address, "dev", request.ifName]);
        for (const { dst, gw = "" } of prevResultOf(request)?.routes ?? [])
          await shell.exec(["ip", "route", "replace", dst, "via", gw, "dev", request.ifName]);
        await original.check(request);
      },
    }),
  ),
  ri(
    {
      number: "M145",
      description: "CHECK hides the error of the IPAM plugin",
      fails: ["dlg.error.propagates", "check.tamper.lease"],
    },
    (original) => ({ check: withoutLease(original) }),
  ),
  ri({ number: "M149", description: "CHECK accepts version 0.3.1", fails: ["check.version"] }, (original) => ({
    serve: (call) =>
      original.serve(
        call.env.CNI_COMMAND === "CHECK"
          ? withConfig(call, (config) => (config.cniVersion === "0.3.1" ? { ...config, cniVersion: "1.1.0" } : config))
          : call,
      ),
  })),
  ri(
    {
      number: "M230",
      description: "CHECK finds the link by its MAC address, not by its name",
      fails: ["check.tamper.link-renamed"],
    },
    (original) => ({
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
          container: { ...attached.container, links: renamed(links), addresses: renamed(addresses), routes },
        };
      },
    }),
  ),
  ri(
    {
      number: "M232",
      description: "CHECK inspects neither gateway nor forwarding",
      fails: ["check.tamper.gateway", "check.tamper.forwarding"],
    },
    () => ({ checkNode: checkHostLink }),
  ),
  ri(
    { number: "M235", description: "CHECK succeeds when the namespace is missing", fails: ["check.tamper.netns"] },
    hidingError(/CNI_NETNS is not/),
  ),
  rp(
    {
      number: "M236",
      description: "CHECK and STATUS succeed while the daemon is stopped",
      fails: ["check.tamper.daemon", "status.daemon"],
      config: DAEMON_CONFIG,
    },
    (original) => ({
      requireDaemon: async (request) => (request.command === "ADD" ? original.requireDaemon(request) : undefined),
    }),
  ),
  rp(
    {
      number: "M146",
      description: "CHECK succeeds for any ID that once had a lease",
      fails: ["check.tamper.lease"],
      mayAlsoFail: ["check.*", "gc.granularity"],
    },
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
  ),
  rp(
    { number: "M148", description: "CHECK creates a lease when there is none", fails: ["check.pure", "check.unknown"] },
    (original) => ({
      check: async (request) => {
        if ((await original.ownAddresses(request)).length === 0) await original.add(request);
        else await original.check(request);
        await runScript(
          request.shell,
          `mkdir -p "$1"; echo renewed >>"$1/renewals"`,
          `${original.leaseDir(request)}.log`,
        );
      },
    }),
  ),
];

function withoutLease(original: { check(request: Request): Promise<void> }): (request: Request) => Promise<void> {
  return async (request) => {
    // The same network without delegation.
    await original.check({ ...request, config: without(request.config, "ipam") });
  };
}
