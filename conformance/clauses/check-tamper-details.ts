/** CHECK: detects changes to single attributes of the container's addresses and routes. */
import { canonicalAddress, isIpv6 } from "../../core/ip.ts";
import { changePrefix, changeRoute, changeScope, deleteRoute, removeAddress } from "../node/tamper.ts";
import { formatRoute, type Address, type Route } from "../node/net-state.ts";
import { ipamOf, withPool } from "../under-test/network-variants.ts";
import { withSharedFacts } from "./clause.ts";
import type { ClauseContext } from "./clause-context.ts";
import { detectsEachEffect, type AddEffect, type Tampering } from "./detect-each.ts";
import { FAKE_RESULT, installFakeIpam } from "./fake-ipam.ts";

const NO_ADDRESS = "ADD creates no address that the result contains";
const NO_ROUTE = "ADD creates no route that the result contains";

/** The addresses of the interface that ADD created and the result contains. */
function listedAddresses({ added, inside }: AddEffect): readonly Address[] {
  const listed = added.result.ips.map(({ address }) => canonicalAddress(address));
  return inside.addresses.filter(({ link, cidr }) => link === added.ifName && listed.includes(cidr));
}

function isListed({ added }: AddEffect, { dst }: Route): boolean {
  return added.result.routes.some((route) => canonicalAddress(route.dst) === dst);
}

/** The routes of the interface that ADD created and the result contains. */
function listedRoutes(effect: AddEffect): readonly Route[] {
  return effect.inside.routes.filter((route) => route.dev === effect.added.ifName && isListed(effect, route));
}

async function detectsOtherPrefix(context: ClauseContext): Promise<void> {
  await detectsEachEffect(context, {
    notApplicable: NO_ADDRESS,
    shared: false,
    tamperings: (effect) =>
      listedAddresses(effect).map(({ cidr }) => ({
        description: `the prefix length of ${cidr} was changed`,
        apply: () => changePrefix(effect.added, cidr),
      })),
  });
}

async function detectsOtherScope(context: ClauseContext): Promise<void> {
  await detectsEachEffect(context, {
    notApplicable: "ADD creates no IPv4 address that the result contains, and IPv6 addresses define their scope",
    shared: false,
    tamperings: (effect) =>
      listedAddresses(effect)
        .filter(({ cidr }) => !isIpv6(cidr))
        .map((address) => ({
          description: `the scope ${address.scope} of ${address.cidr} was changed`,
          apply: () => changeScope(effect.added, address),
        })),
  });
}

/** In a network with addresses of both families, if the configuration of the plugin allows that. */
async function detectsMissingFamily(context: ClauseContext): Promise<void> {
  const pool = withPool(context.underTest.list, "10.203.0.0/24", "fd00:cb::/64");
  await detectsEachEffect(pool === null ? context : context.withNetwork(pool), {
    notApplicable: "ADD does not create addresses of both IP families",
    shared: false,
    tamperings: (effect) => {
      const addresses = listedAddresses(effect);
      const families = [false, true].map((ipv6) => addresses.filter(({ cidr }) => isIpv6(cidr) === ipv6));
      if (families.some(({ length }) => length === 0)) return [];
      return families.map((family, i) => ({
        description: `the ${i === 0 ? "IPv4" : "IPv6"} addresses were removed`,
        apply: async () => {
          for (const { cidr } of family) await removeAddress(effect.added, cidr);
        },
      }));
    },
  });
}

/** A routing table that no rule looks up, and that plugins do not use. */
const UNUSED_TABLE = "4242";

/** Replaces each route of the result by one with different attributes. */
async function detectsChangedRoutes(
  context: ClauseContext,
  name: string,
  change: (route: Route) => Partial<Route> | null,
): Promise<void> {
  await detectsEachEffect(context, {
    notApplicable: NO_ROUTE,
    shared: false,
    tamperings: (effect) =>
      listedRoutes(effect).flatMap((route): Tampering[] => {
        const attributes = change(route);
        if (attributes === null) return [];
        return [
          {
            description: `the ${name} of route ${formatRoute(route)} was changed`,
            apply: () => changeRoute(effect.added.container.shell, route, attributes),
          },
        ];
      }),
  });
}

/** IPv6 routes have no scope. A route with a next hop cannot have the scope link. */
function withOtherScope({ dst, gw, scope }: Route): Partial<Route> | null {
  if (isIpv6(dst)) return null;
  return { scope: scope !== "global" ? "global" : gw === "" ? "link" : "site" };
}

/** The attributes of a route that a result can contain, by their keys in the result. */
const CHANGED_ATTRIBUTES = {
  mtu: (route: Route) => ({ mtu: route.mtu - 1 }),
  advmss: (route: Route) => ({ advmss: route.advmss - 1 }),
  priority: (route: Route) => ({ metric: route.metric + 1 }),
  table: () => ({ table: UNUSED_TABLE }),
  scope: withOtherScope,
} as const;

const FAKE_ROUTE = {
  dst: "203.0.113.0/24",
  gw: "10.250.0.1",
  mtu: 1400,
  advmss: 1300,
  priority: 77,
  table: 100,
  scope: 0,
};

/** With routes of a fake IPAM plugin, if the plugin delegates. */
async function detectsListedAttributes(context: ClauseContext): Promise<void> {
  const delegates = ipamOf(context.underTest.list) !== null;
  const network = delegates
    ? (await installFakeIpam(context, { ...FAKE_RESULT, routes: [FAKE_ROUTE] })).context
    : context;
  await detectsEachEffect(network, {
    notApplicable: "the result contains no attributes of routes",
    shared: false,
    sameAddress: delegates,
    tamperings: (effect) =>
      listedRoutes(effect).flatMap((route) => {
        const listed = effect.added.result.routes.find(({ dst }) => canonicalAddress(dst) === route.dst);
        return Object.entries(CHANGED_ATTRIBUTES).flatMap(([key, change]): Tampering[] => {
          const attributes = listed?.[key as keyof typeof CHANGED_ATTRIBUTES] === undefined ? null : change(route);
          if (attributes === null) return [];
          return [
            {
              description: `the ${key} of route ${formatRoute(route)} was changed`,
              apply: () => changeRoute(effect.added.container.shell, route, attributes),
            },
          ];
        });
      }),
  });
}

async function detectsMissingOtherRoute(context: ClauseContext): Promise<void> {
  await detectsEachEffect(context, {
    notApplicable: "the result contains every route that ADD creates",
    shared: false,
    tamperings: (effect) =>
      effect.inside.routes
        .filter((route) => route.dev === effect.added.ifName && !isListed(effect, route))
        .map((route) => ({
          description: `route ${formatRoute(route)} was removed`,
          apply: () => deleteRoute(effect.added.container.shell, route),
        })),
  });
}

const COMMON = { since: "0.4.0", kinds: ["interface"], section: "2-CHECK" } as const;
const BEYOND = { since: "0.4.0", kinds: ["interface"], level: "beyond", section: "-" } as const;

export const checkTamperDetails = withSharedFacts({ chain: "whole" }, [
  {
    ...COMMON,
    id: "check.tamper.ip-prefix",
    dependsOnVersion: false,
    level: "SHOULD",
    sentence: "CHECK fails when an address has a different prefix length than in the result.",
    test: detectsOtherPrefix,
  },
  {
    ...COMMON,
    id: "check.tamper.ip-family",
    dependsOnVersion: false,
    level: "SHOULD",
    sentence: "CHECK fails when the addresses of one of two IP families were removed.",
    test: detectsMissingFamily,
  },
  {
    ...BEYOND,
    id: "check.tamper.ip-scope",
    dependsOnVersion: false,
    sentence: "CHECK fails when an address has a different scope than after ADD.",
    test: detectsOtherScope,
  },
  {
    ...COMMON,
    id: "check.tamper.route-table",
    level: "SHOULD",
    sentence: "CHECK fails when a route was moved to a table that no rule looks up.",
    test: (context) => detectsChangedRoutes(context, "table", () => ({ table: UNUSED_TABLE })),
  },
  {
    ...COMMON,
    id: "check.tamper.route-attributes",
    level: "SHOULD",
    since: "1.1.0",
    sentence: "CHECK fails when an attribute of a route differs from the result.",
    test: detectsListedAttributes,
  },
  {
    ...BEYOND,
    id: "check.tamper.route-metric",
    sentence: "CHECK fails when a route has a different metric than after ADD.",
    test: (context) => detectsChangedRoutes(context, "metric", ({ metric }) => ({ metric: metric + 1000 })),
  },
  {
    ...BEYOND,
    id: "check.tamper.route-scope",
    sentence: "CHECK fails when a route has a different scope than after ADD.",
    test: (context) => detectsChangedRoutes(context, "scope", withOtherScope),
  },
  {
    ...BEYOND,
    id: "check.tamper.route-unlisted",
    dependsOnVersion: false,
    sentence: "CHECK fails when a route that ADD created and the result does not contain was removed.",
    test: detectsMissingOtherRoute,
  },
]);
