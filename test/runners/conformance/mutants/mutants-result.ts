/** Mutants of what the result of ADD says. */
import type { JsonObject } from "../../../../cni/json.ts";
import type { CniInterface, CniResult, CniRoute } from "../../../../cni/types.ts";
import { checkAddresses, checkHostLink, checkRoutes } from "./interface-check.ts";
import { editJson } from "./mutant-helpers.ts";
import { runScript } from "./script.ts";
import { ri, type Mutant } from "./mutant.ts";

type Change = Parameters<typeof ri>[3];

/** Something about the links in the result; CHECK looks at none of it. */
function editLinks(change: (links: readonly CniInterface[]) => readonly CniInterface[]): Change {
  return (original) => ({
    linksOf: async (...all) => change(await original.linksOf(...all)),
    checkContainer: (attached) => {
      checkAddresses(attached);
      checkRoutes(attached);
    },
  });
}

/** What CHECK of these cannot see. */
const CHECK_MAY_FAIL = { mayAlsoFail: ["check.tamper.link-*", "check.tamper.m*", "check.prevresult.*"] };

/** Something about the result; CHECK gets to see it as well. */
function editResult(change: (result: CniResult) => CniResult): Change {
  return (original) => ({ resultOf: (...all) => change(original.resultOf(...all)) });
}

/** The address before the last part, or another last part. */
const shiftAddress = (address: string): string =>
  address.replace(/\.(\d+)\//, (_, octet: string) => `.${Number(octet) + 100}/`);

export const RESULT: readonly Mutant[] = [
  ri(
    "M064",
    "another MAC of the container's link",
    ["add.result.interfaces.mac"],
    editLinks((all) => all.map((link, i) => (i === 2 ? { ...link, mac: "02:00:00:00:00:64" } : link))),
    CHECK_MAY_FAIL,
  ),
  ri(
    "M065",
    "the MAC that the bridge had before it got a port",
    ["add.result.interfaces.mac"],
    editLinks((all) => all.map((link, i) => (i === 0 ? { ...link, mac: "02:00:00:00:00:65" } : link))),
    CHECK_MAY_FAIL,
  ),
  ri("M067", "the sandbox is the resolved path", ["add.result.interfaces.sandbox"], (original) => ({
    resultOf: (request, ...rest) => {
      const made = original.resultOf(request, ...rest);
      const resolved = new URL(request.netns, "file:").pathname;
      return {
        ...made,
        interfaces: made.interfaces.map((link) => (link.sandbox === undefined ? link : { ...link, sandbox: resolved })),
      };
    },
  })),
  ri(
    "M068",
    "a sandbox on the node's end too",
    ["add.result.interfaces.sandbox"],
    editLinks((all) => all.map((link, i) => (i === 1 ? { ...link, sandbox: all[2]?.sandbox ?? "" } : link))),
    { mayAlsoFail: [...CHECK_MAY_FAIL.mayAlsoFail, "add.result.interfaces.*"] },
  ),
  ri(
    "M070",
    "an index of 0 is left out",
    ["add.result.ips.index"],
    editResult((made) => ({
      ...made,
      interfaces: [...made.interfaces].reverse(),
      ips: made.ips.map(({ address, gateway = "" }) => ({ address, gateway })),
    })),
  ),
  ri(
    "M071",
    "the result says one address, the link has another",
    ["add.result.ips.onlink", "add.result.ips.complete"],
    (original) => ({
      configure: (request, lease) =>
        original.configure(request, {
          ...lease,
          ips: lease.ips.map((ip) => ({ ...ip, address: shiftAddress(ip.address) })),
        }),
      checkContainer: () => undefined,
    }),
  ),
  ri("M073", "a second address that the result does not say", ["add.result.ips.complete"], (original) => ({
    configure: async (request, lease) => {
      const routes = await original.configure(request, lease);
      for (const { address } of lease.ips)
        await runScript(
          original.containerShell(request),
          `ip addr add "$1" dev "$2"`,
          shiftAddress(address),
          request.ifName,
        );
      return routes;
    },
  })),
  ri("M074", "the result says a default route that was not made", ["add.result.routes.installed"], (original) => ({
    configure: async (request, lease) => {
      await original.configure(request, { ...lease, routes: [] });
      return original.routesOf(lease);
    },
    checkContainer: () => undefined,
  })),
  ri("M076", "mtu and advmss of the IPAM plugin's routes are dropped", ["add.result.routes.attrs"], (original) => ({
    routesOf: (lease) =>
      original.routesOf({ ...lease, routes: lease.routes.map(({ mtu: _, advmss: __, ...rest }): CniRoute => rest) }),
  })),
  ri(
    "M077",
    "dns of the IPAM plugin is replaced by nothing",
    ["add.result.dns"],
    (original) => ({
      resultOf: (request, prev, made, lease) => original.resultOf(request, prev, made, { ...lease, dns: {} }),
    }),
    { version: "0.4.0" },
  ),
  ri("M079", "a gateway outside of the subnet", ["add.result.ips.gateway"], (original) => ({
    ...editResult((made) => ({ ...made, ips: made.ips.map((ip) => ({ ...ip, gateway: "192.0.2.1" })) }))(original),
    checkNode: checkHostLink,
  })),
  ri("M080", "a destination with host bits", ["add.result.types"], (original) => ({
    formatResult: (...all) =>
      editJson(original.formatResult(...all), (raw) => ({ ...raw, routes: [{ dst: "10.1.2.3/16" }] as JsonObject[] })),
    checkContainer: () => undefined,
  })),
  ri(
    "M220",
    "the route of the node to the container is in the result",
    ["add.result.routes.relevant", "add.result.routes.installed"],
    (original) => ({
      ...editResult((made) => ({
        ...made,
        routes: [...made.routes, ...made.ips.map(({ address }) => ({ dst: `${address.split("/")[0] ?? ""}/32` }))],
      }))(original),
      checkContainer: () => undefined,
    }),
    { version: "0.4.0" },
  ),
  ri(
    "M229",
    "IPv4 routes have metric 100",
    ["add.result.routes.metric"],
    (original) => ({
      routesOf: (lease) =>
        original.routesOf({ ...lease, routes: lease.routes.map((route) => ({ ...route, priority: 100 })) }),
    }),
    { version: "0.4.0" },
  ),
];
