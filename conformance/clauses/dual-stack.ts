/** Networks that assign an IPv4 and an IPv6 address to each container. */
import type { AddedAttachment, Overrides } from "./attachment.ts";
import { describeCall } from "./call-output.ts";
import type { ClauseContext } from "./clause-context.ts";
import { connectionOf, FAMILIES, familyOf } from "./connection.ts";
import { notApplicableUnless } from "./demand.ts";
import { NO_POOL } from "./leases.ts";
import { addedBy } from "./with-result.ts";
import { withDualStack } from "../under-test/network-variants.ts";

export interface DualStack {
  readonly network: ClauseContext;
  /** The first container. */
  readonly added: AddedAttachment;
}

/** Adds a container to the network with a pool of both families. @throws NotApplicable unless it gets both */
export async function addDualStack(context: ClauseContext, overrides: Overrides = {}): Promise<DualStack> {
  const list = withDualStack(context.underTest.list);
  notApplicableUnless(list !== null, NO_POOL);
  const network = context.withNetwork(list);
  const outcome = await network.tryAdd(await network.createContainer(), overrides);
  notApplicableUnless(outcome.ok, `the plugin does not accept a pool of both families: ${describeCall(outcome.last)}`);
  const added = addedBy(outcome);
  const { addresses } = await connectionOf(added);
  notApplicableUnless(
    FAMILIES.every((family) => addresses.some((address) => familyOf(address) === family)),
    "the plugin does not assign addresses of both families",
  );
  return { network, added };
}
