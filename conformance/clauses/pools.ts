/** The network under test with a known address pool. */
import { notApplicableUnless } from "./clause.ts";
import type { ClauseContext } from "./clause-context.ts";
import { singleAddressContext } from "../node/leases.ts";
import { withPool } from "../under-test/network-variants.ts";

export const NO_POOL = "the address pool is not set by subnet or ranges";

/** The network with one range for each subnet. @throws NotApplicable when its pool cannot be set */
export function withSubnets(context: ClauseContext, ...subnets: readonly string[]): ClauseContext {
  const list = withPool(context.underTest.list, ...subnets);
  notApplicableUnless(list !== null, NO_POOL);
  return context.withNetwork(list);
}

/** The network with a pool of one address. @throws NotApplicable when its pool cannot be set */
export function withOneAddress(context: ClauseContext): ClauseContext {
  const single = singleAddressContext(context);
  notApplicableUnless(single !== null, NO_POOL);
  return single;
}
