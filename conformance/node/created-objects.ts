/** The effect of ADD on a network namespace: the objects that exist after it and did not exist before. Pure. */
import type { Address, FullNetState, Link, Route } from "./net-state.ts";

export interface CreatedObjects {
  readonly links: readonly Link[];
  readonly addresses: readonly Address[];
  readonly routes: readonly Route[];
  /** Permanent neighbor entries and proxies, in the format of {@link FullNetState}. */
  readonly neighbors: readonly string[];
}

export function createdObjects(before: FullNetState, after: FullNetState): CreatedObjects {
  return {
    links: after.links.filter(({ index }) => !before.links.some((link) => link.index === index)),
    addresses: after.addresses.filter(
      ({ link, cidr }) => !before.addresses.some((other) => other.link === link && other.cidr === cidr),
    ),
    routes: after.routes.filter((route) => !before.routes.some((other) => isSameRoute(route, other))),
    neighbors: after.neighbors.filter((neighbor) => !before.neighbors.includes(neighbor)),
  };
}

/** Whether the kernel regards the routes as one: the other attributes do not identify a route. */
export function isSameRoute(a: Route, b: Route): boolean {
  return a.dst === b.dst && a.gw === b.gw && a.dev === b.dev && a.table === b.table && a.metric === b.metric;
}
