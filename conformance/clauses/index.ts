/** Every clause, in the order of the specification's operations. */
import type { Clause } from "./clause.ts";
import { addAddressesUsable } from "./add-addresses-usable.ts";
import { addChained } from "./add-chained.ts";
import { addConnectivity } from "./add-connectivity.ts";
import { addEffects } from "./add-effects.ts";
import { addResultDetails } from "./add-result-details.ts";
import { addFailure } from "./add-failure.ts";
import { addIsolation } from "./add-isolation.ts";
import { addRefusals } from "./add-refusals.ts";
import { addResultAddresses } from "./add-result-addresses.ts";
import { addResult } from "./add-result.ts";
import { addResultShape } from "./add-result-shape.ts";
import { addressRequests } from "./address-requests.ts";
import { bandwidth } from "./bandwidth.ts";
import { capability } from "./capability.ts";
import { checkDrift } from "./check-drift.ts";
import { checkLease } from "./check-lease.ts";
import { checkTamperDetails } from "./check-tamper-details.ts";
import { checkTamperNode } from "./check-tamper-node.ts";
import { checkTamperObjects } from "./check-tamper-objects.ts";
import { checkTamper } from "./check-tamper.ts";
import { check } from "./check.ts";
import { concurrency } from "./concurrency.ts";
import { configInput } from "./config-input.ts";
import { config } from "./config.ts";
import { delIsolation } from "./del-isolation.ts";
import { delEdgeCases } from "./del-edge-cases.ts";
import { delState } from "./del-state.ts";
import { delMissing } from "./del-missing.ts";
import { del } from "./del.ts";
import { delegateFailure } from "./delegate-failure.ts";
import { delegateOperations } from "./delegate-operations.ts";
import { delegate } from "./delegate.ts";
import { envOptional } from "./env-optional.ts";
import { env } from "./env.ts";
import { errorObjects } from "./error-objects.ts";
import { execution } from "./execution.ts";
import { exit } from "./exit.ts";
import { gcRobustness } from "./gc-robustness.ts";
import { gc } from "./gc.ts";
import { hostCleanup } from "./host-cleanup.ts";
import { ipamRanges } from "./ipam-ranges.ts";
import { ipamSharing } from "./ipam-sharing.ts";
import { ipam } from "./ipam.ts";
import { leak } from "./leak.ts";
import { lookalikeIds } from "./lookalike-ids.ts";
import { masquerade } from "./masquerade.ts";
import { output } from "./output.ts";
import { portMappings } from "./port-mappings.ts";
import { sharedObjects } from "./shared-objects.ts";
import { status } from "./status.ts";
import { delegatedTraceContext, traceContext } from "./trace-context.ts";
import { version } from "./version.ts";

export const CLAUSES: readonly Clause[] = [
  ...version,
  ...exit,
  ...execution,
  ...env,
  ...lookalikeIds,
  ...envOptional,
  ...traceContext,
  ...configInput,
  ...config,
  ...masquerade,
  ...output,
  ...errorObjects,
  ...addResultShape,
  ...addResult,
  ...addResultAddresses,
  ...addResultDetails,
  ...addEffects,
  ...addRefusals,
  ...addIsolation,
  ...addChained,
  ...del,
  ...delMissing,
  ...delIsolation,
  ...delEdgeCases,
  ...delState,
  ...check,
  ...checkTamper,
  ...checkTamperDetails,
  ...checkTamperNode,
  ...checkTamperObjects,
  ...checkDrift,
  ...checkLease,
  ...gc,
  ...gcRobustness,
  ...sharedObjects,
  ...status,
  ...ipam,
  ...ipamSharing,
  ...addressRequests,
  ...ipamRanges,
  ...delegate,
  ...delegatedTraceContext,
  ...delegateOperations,
  ...delegateFailure,
  ...hostCleanup,
  ...capability,
  ...portMappings,
  ...bandwidth,
  ...concurrency,
  ...leak,
  ...addConnectivity,
  ...addAddressesUsable,
  ...addFailure,
];
