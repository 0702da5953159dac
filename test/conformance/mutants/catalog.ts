/** All mutants. */
import type { Mutant } from "./mutant.ts";
import { ADDRESS_REQUESTS } from "./mutants-address-requests.ts";
import { CAPABILITIES } from "./mutants-capabilities.ts";
import { CHAINED } from "./mutants-chained.ts";
import { CHECK } from "./mutants-check.ts";
import { CONFIG } from "./mutants-config.ts";
import { CONTAINER_IDS } from "./mutants-container-ids.ts";
import { DATA_PATH } from "./mutants-data-path.ts";
import { DEL } from "./mutants-del.ts";
import { DEL_STATE } from "./mutants-del-state.ts";
import { DELEGATION } from "./mutants-delegation.ts";
import { EFFECTS } from "./mutants-effects.ts";
import { ENVIRONMENT } from "./mutants-environment.ts";
import { EXECUTION } from "./mutants-execution.ts";
import { EXTRA_LIFECYCLE } from "./mutants-extra-lifecycle.ts";
import { EXTRA_PROTOCOL, EXTRA_RESULT } from "./mutants-extra.ts";
import { GC, STATUS } from "./mutants-gc.ts";
import { IPAM_DEL } from "./mutants-ipam-del.ts";
import { IPAM } from "./mutants-ipam.ts";
import { LEASE_FILES } from "./mutants-lease-files.ts";
import { OUTPUT } from "./mutants-output.ts";
import { RACES } from "./mutants-races.ts";
import { RESULT } from "./mutants-result.ts";
import { SHARED_OBJECTS } from "./mutants-shared-objects.ts";
import { TAMPERING } from "./mutants-tampering.ts";
import { VERSION } from "./mutants-version.ts";

export const MUTANTS: readonly Mutant[] = [
  ...OUTPUT,
  ...ENVIRONMENT,
  ...EXECUTION,
  ...CONTAINER_IDS,
  ...CONFIG,
  ...VERSION,
  ...RESULT,
  ...EFFECTS,
  ...DATA_PATH,
  ...CHAINED,
  ...CAPABILITIES,
  ...DEL,
  ...DEL_STATE,
  ...IPAM_DEL,
  ...CHECK,
  ...TAMPERING,
  ...GC,
  ...STATUS,
  ...SHARED_OBJECTS,
  ...IPAM,
  ...ADDRESS_REQUESTS,
  ...LEASE_FILES,
  ...RACES,
  ...DELEGATION,
  ...EXTRA_PROTOCOL,
  ...EXTRA_RESULT,
  ...EXTRA_LIFECYCLE,
];
