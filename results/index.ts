/** Stored runs: their format, writing, reading, redaction, statistics and summaries. */
export { defaultBands } from "./bands.ts";
export { sessionOf, stoppedAfter } from "./blocks.ts";
export type { Block } from "./blocks.ts";
export { environmentChanges } from "./changes.ts";
export { parseDigestLine, SEALED_FILES, sha256 } from "./digests.ts";
export type { RunDigests, SealedFile } from "./digests.ts";
export type { ClauseResult, ConformanceRow } from "./clause-result.ts";
export {
  blocksForHeadlines,
  FALSE_DISCOVERY_RATE,
  HEADLINE_ERROR_RATE,
  headlineLevel,
  questionId,
} from "./comparisons.ts";
export type { Environment, Interleaving, PluginFacts } from "./environment-facts.ts";
export { completeRecordCount, finishedRepetitions, nextSession } from "./finished.ts";
export type { IsFinished } from "./finished.ts";
export { loadRun, loadStored, NoRunError } from "./load-run.ts";
export type { LoadedRun, StoredRun } from "./load-run.ts";
export { distributionOf, quantile } from "./quantiles.ts";
export { seededRandom, shuffle } from "./random.ts";
export type { Random } from "./random.ts";
export { RecordList } from "./record-list.ts";
export { RecordSlots } from "./record-slots.ts";
export { MAX_COUNT, SCHEMA_VERSION, cellId } from "./record.ts";
export type {
  Band,
  CellKey,
  Definition,
  PairTable,
  PlannedCell,
  Repetition,
  ResultRecord,
  RunFile,
  StoredMachine,
  StoredOptions,
} from "./record.ts";
export { blockSeries, distributionBands, valueBands } from "./repetition-bands.ts";
export type { BlockSeries, DistributionBands, QuantileBand } from "./repetition-bands.ts";
export { MAX_SERIES_VALUES, roundDetail } from "./repetition-details.ts";
export type { Distribution, RepetitionDetails, Series } from "./repetition-details.ts";
export { redactLoaded, redactor, replaceHome } from "./redact.ts";
export type { Redact } from "./redact.ts";
export { readLines } from "./read-lines.ts";
export { openRegular } from "./regular-file.ts";
export {
  RAW_DIGESTS_FILE,
  RESULTS_FILE,
  RUN_DIGESTS_FILE,
  RUN_FILE,
  diskError,
  isRawPath,
  rawPathOf,
} from "./run-files.ts";
export { measureNoise } from "./noise/measure-noise.ts";
export { NOISE_CARD_VERSION } from "./noise/noise-card.ts";
export type { NoiseCard, NoiseMachine, NoiseMetric } from "./noise/noise-card.ts";
export { ratioNoise } from "./noise/ratio-noise.ts";
export type { TwinBlocks } from "./noise/ratio-noise.ts";
export { blocksToShow, predictDetectable, SHOWN_RATIO } from "./noise/predict-noise.ts";
export { MAX_NOISE_CARD_BYTES, parseNoiseCard, whyNotValid } from "./noise/validate-noise-card.ts";
export { MIN_BLOCKS, median, medianInterval } from "./statistics.ts";
export { claimEmptyDir, createRun, reopenRun } from "./store.ts";
export type { RunStore } from "./store.ts";
export { decideStopping, isDecisionDue, replayStopping } from "./stopping.ts";
export type { StoppingDecision, StoppingRule } from "./stopping-rule.ts";
export { summarize } from "./summarize.ts";
export type { Comparison, ErrorControl, Summary, SummaryCell } from "./summary.ts";
export { CONFIRMATION_DIR, GATE_FILE, GATE_VERSION, storeGateFile } from "./run-comparison/gate-file.ts";
export type {
  Confirmation,
  GateFile,
  GateOutcome,
  Suspect,
  SuspectClause,
  SuspectEstimate,
  SuspectStatus,
} from "./run-comparison/gate-file.ts";
export { SIMULATED_FALSE_ALARMS } from "./run-comparison/gate-error-rates.ts";
export { testedClauses } from "./run-comparison/compare-clauses.ts";
export { isConclusiveClause, isLostClause, isSuspectClause } from "./run-comparison/compared-clause.ts";
export type {
  ClauseChange,
  ClauseStatus,
  ComparedCheckKey,
  ComparedClause,
  UncomparedCheck,
} from "./run-comparison/compared-clause.ts";
export {
  acceptsCell,
  acceptsClause,
  loadKnownChanges,
  requireMatchedKnownChanges,
  withRegressionStates,
} from "./run-comparison/known-changes.ts";
export type { KnownChange } from "./run-comparison/known-changes.ts";
export { comparePlugins } from "./run-comparison/compare-plugins.ts";
export type { PluginPair } from "./run-comparison/compare-plugins.ts";
export { compareRuns, DEFAULT_REFERENCE } from "./run-comparison/compare-runs.ts";
export { definesNetwork, differingRunFacts, NETWORK_FACTS } from "./run-comparison/run-facts.ts";
export type { NetworkFact, RunFact, RunFacts } from "./run-comparison/run-facts.ts";
export { isSameRun, requireDistinctRuns } from "./run-comparison/distinct-runs.ts";
export { keyOfMachine, machineKey } from "./run-comparison/machine-key.ts";
export { changeOf, thresholdOf } from "./run-comparison/threshold.ts";
export { isBroken, isConclusive, isLost, isSuspect } from "./run-comparison/run-comparison.ts";
export type {
  ComparedCell,
  ComparedKey,
  ComparedRun,
  KnownPattern,
  RunComparison,
  Threshold,
  UncomparedCell,
} from "./run-comparison/run-comparison.ts";
export { requireLoadedRun, requireSummary } from "./untrusted-run.ts";
export { failsRequirement, leavesVerdictOpen, verdictsOf, versionVerdicts } from "./verdicts.ts";
export type { ConformanceReport, ConformanceVerdict, VersionVerdict } from "./verdicts.ts";
