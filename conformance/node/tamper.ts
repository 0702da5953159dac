/** Removes a single part of an attachment, which CHECK must detect. */
import { run } from "../../core/shell.ts";
import { readNetState, type Route } from "./net-state.ts";
import type { TestContainer } from "./test-container.ts";
import type { TestAttachment } from "../clauses/attachment.ts";

/**
 * Removes an address and restores the routes that the kernel removes with it: CHECK must detect the address itself.
 */
export async function removeAddress({ container, ifName }: TestAttachment, cidr: string): Promise<void> {
  const before = (await readNetState(container.shell)).routes;
  await run(container.shell, ["ip", "addr", "del", cidr, "dev", ifName]);
  const after = (await readNetState(container.shell)).routes;
  const removed = before.filter((route) => !after.some((other) => isSame(route, other)));
  // Routes without a next hop first: the others may need them.
  for (const route of removed.toSorted((a, b) => Number(a.gw !== "") - Number(b.gw !== "")))
    await addRoute(container, route);
}

async function addRoute(container: TestContainer, { dst, gw, dev, table, metric }: Route): Promise<void> {
  const family = dst.includes(":") ? "-6" : "-4";
  const nextHop = gw === "" ? [] : ["via", gw];
  const options = ["table", table, ...(metric > 0 ? ["metric", String(metric)] : []), ...(gw === "" ? [] : ["onlink"])];
  await run(container.shell, ["ip", family, "route", "replace", dst, ...nextHop, "dev", dev, ...options]);
}

function isSame(a: Route, b: Route): boolean {
  return a.dst === b.dst && a.gw === b.gw && a.dev === b.dev && a.table === b.table && a.metric === b.metric;
}
