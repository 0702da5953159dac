/**
 * The conformance suite of the CNI specification.
 *
 * - `clauses/`: the clauses, each with its test and the facts that decide where it is tested
 * - `under-test/`: the plugin under test, its profile and the variants of its configuration
 * - `node/`: the node of one test, and the state that can be observed and changed on it
 * - `session/`: runs of the suite, and their results with the steps that reproduce them
 */
export { CLAUSES } from "./clauses/index.ts";
export { memberNames, runChain, type ChainOptions } from "./session/chain-run.ts";
export { NoMatchingClause, runConformance } from "./session/conformance-run.ts";
export { checkCoreClauses } from "./session/core-check.ts";
export type { PluginKind } from "./under-test/plugin-under-test.ts";
export { loadProfile, profileFor, shippedProfile, shippedProfileNames } from "./under-test/profile-file.ts";
export type { Profile } from "./under-test/profile.ts";
