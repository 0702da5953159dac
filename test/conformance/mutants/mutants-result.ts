/** Mutants of the ADD result. */
import type { JsonObject } from "../../../cni/lossless-json.ts";
import type { CniInterface, CniResult, CniRoute } from "../../../cni/types.ts";
import { checkAddresses, checkHostLink, checkRoutes } from "./interface-check.ts";
import { editJson } from "./mutant-helpers.ts";
import { runScript } from "./script.ts";
import { ri, type Mutant } from "./mutant.ts";

type Change = Parameters<typeof ri>[1];

/** Edits the links in the result; CHECK does not inspect them. */
function editLinks(change: (links: readonly CniInterface[]) => readonly CniInterface[]): Change {
  return (original) => ({
    linksOf: async (...all) => change(await original.linksOf(...all)),
    checkContainer: (attached) => {
      checkAddresses(attached);
      checkRoutes(attached);
    },
  });
}

/** For mutants whose CHECK does not inspect the link. */
const CHECK_MAY_FAIL = { mayAlsoFail: ["check.tamper.link-*", "check.tamper.m*", "check.prevresult.*"] };

/** Edits the result before CHECK can read it as prevResult. */
function editResult(change: (result: CniResult) => CniResult): Change {
  return (original) => ({ resultOf: (...all) => change(original.resultOf(...all)) });
}

/** The address with 100 added to its last octet. */
const shiftAddress = (address: string): string =>
  address.replace(/\.(\d+)\//, (_, octet: string) => `.${Number(octet) + 100}/`);

export const RESULT: readonly Mutant[] = [
  ri(
    {
      number: "M064",
      description: "the result has another MAC address for the container's link",
      fails: ["add.result.interfaces.mac"],
      ...CHECK_MAY_FAIL,
    },
    editLinks((all) => all.map((link, i) => (i === 2 ? { ...link, mac: "02:00:00:00:00:64" } : link))),
  ),
  ri(
    {
      number: "M065",
      description: "the result has the MAC address that the bridge had before it got a port",
      fails: ["add.result.interfaces.mac"],
      ...CHECK_MAY_FAIL,
    },
    editLinks((all) => all.map((link, i) => (i === 0 ? { ...link, mac: "02:00:00:00:00:65" } : link))),
  ),
  ri(
    { number: "M067", description: "the sandbox is the resolved path", fails: ["add.result.interfaces.sandbox"] },
    (original) => ({
      resultOf: (request, ...rest) => {
        const made = original.resultOf(request, ...rest);
        const resolved = new URL(request.netns, "file:").pathname;
        return {
          ...made,
          interfaces: made.interfaces.map((link) =>
            link.sandbox === undefined ? link : { ...link, sandbox: resolved },
          ),
        };
      },
    }),
  ),
  ri(
    {
      number: "M068",
      description: "the node's end has a sandbox, too",
      fails: ["add.result.interfaces.sandbox"],
      mayAlsoFail: [...CHECK_MAY_FAIL.mayAlsoFail, "add.result.interfaces.*"],
    },
    editLinks((all) => all.map((link, i) => (i === 1 ? { ...link, sandbox: all[2]?.sandbox ?? "" } : link))),
  ),
  ri(
    { number: "M070", description: "an interface index of 0 is omitted", fails: ["add.result.ips.index"] },
    editResult((made) => ({
      ...made,
      interfaces: [...made.interfaces].reverse(),
      ips: made.ips.map(({ address, gateway = "" }) => ({ address, gateway })),
    })),
  ),
  ri(
    {
      number: "M071",
      description: "the result and the link have different addresses",
      fails: ["add.result.ips.onlink", "add.result.ips.complete"],
    },
    (original) => ({
      configure: (request, lease) =>
        original.configure(request, {
          ...lease,
          ips: lease.ips.map((ip) => ({ ...ip, address: shiftAddress(ip.address) })),
        }),
      checkContainer: () => undefined,
    }),
  ),
  ri(
    {
      number: "M073",
      description: "the link has a second address that the result lacks",
      fails: ["add.result.ips.complete"],
    },
    (original) => ({
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
    }),
  ),
  ri(
    {
      number: "M074",
      description: "the result contains a default route that was not created",
      fails: ["add.result.routes.installed"],
    },
    (original) => ({
      configure: async (request, lease) => {
        await original.configure(request, { ...lease, routes: [] });
        return original.routesOf(lease);
      },
      checkContainer: () => undefined,
    }),
  ),
  ri(
    {
      number: "M076",
      description: "mtu and advmss of the IPAM plugin's routes are dropped",
      fails: ["add.result.routes.attrs"],
    },
    (original) => ({
      routesOf: (lease) =>
        original.routesOf({ ...lease, routes: lease.routes.map(({ mtu: _, advmss: __, ...rest }): CniRoute => rest) }),
    }),
  ),
  ri(
    {
      number: "M077",
      description: "the dns of the IPAM plugin is dropped",
      fails: ["add.result.dns"],
      version: "0.4.0",
    },
    (original) => ({
      resultOf: (request, prev, made, lease) => original.resultOf(request, prev, made, { ...lease, dns: {} }),
    }),
  ),
  ri(
    { number: "M079", description: "a gateway is outside the subnet", fails: ["add.result.ips.gateway"] },
    (original) => ({
      ...editResult((made) => ({ ...made, ips: made.ips.map((ip) => ({ ...ip, gateway: "192.0.2.1" })) }))(original),
      checkNode: checkHostLink,
    }),
  ),
  ri({ number: "M080", description: "a destination has host bits", fails: ["add.result.types"] }, (original) => ({
    formatResult: (...all) =>
      editJson(original.formatResult(...all), (raw) => ({ ...raw, routes: [{ dst: "10.1.2.3/16" }] as JsonObject[] })),
    checkContainer: () => undefined,
  })),
  ri(
    {
      number: "M220",
      description: "the result contains the node's route to the container",
      fails: ["add.result.routes.relevant", "add.result.routes.installed"],
      version: "0.4.0",
    },
    (original) => ({
      ...editResult((made) => ({
        ...made,
        routes: [...made.routes, ...made.ips.map(({ address }) => ({ dst: `${address.split("/")[0] ?? ""}/32` }))],
      }))(original),
      checkContainer: () => undefined,
    }),
  ),
  ri(
    {
      number: "M229",
      description: "IPv4 routes have metric 100",
      fails: ["add.result.routes.metric"],
      version: "0.4.0",
    },
    (original) => ({
      routesOf: (lease) =>
        original.routesOf({ ...lease, routes: lease.routes.map((route) => ({ ...route, priority: 100 })) }),
    }),
  ),
];
