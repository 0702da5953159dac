/** Removes personal data from a run before it is published: names of hosts and users, and file paths. */
import type { ClauseResult } from "./clause-result.ts";
import type { Environment } from "./environment-facts.ts";
import type { LoadedRun } from "./load-run.ts";
import type { NoiseCard } from "./noise/noise-card.ts";
import type { PairTable, ResultRecord, RunFile } from "./record.ts";

/** Returns a text without personal data. */
export type Redact = (text: string) => string;

/** Personal data of this machine. */
interface PersonalData {
  readonly home: string;
  readonly host: string;
  readonly user: string;
}

/** Home directories of any user, as far as they can be recognized by their path. */
const HOME_DIRECTORY = /(?:\/home\/|\/Users\/|\/var\/home\/)[^/\s"':,;]+|\/root(?![\w-])/g;

/**
 * Creates a redaction.
 * @param personal null for a run of another machine, where only home directories can be recognized
 */
export function redactor(personal: PersonalData | null): Redact {
  if (personal === null) return (text) => text.replace(HOME_DIRECTORY, "~");
  const { home, host, user } = personal;
  // root and localhost are not personal and occur in ordinary sentences.
  const words = [
    ["(host)", host, "localhost"],
    ["(host)", host.split(".")[0] ?? "", "localhost"],
    ["(user)", user, "root"],
  ] as const;
  const personalWords = words.filter(([, word, harmless]) => word !== "" && word !== harmless);
  return (text) =>
    personalWords.reduce(
      (redacted, [name, word]) => redacted.replace(wordPattern(word), name),
      replaceHome(text, home).replace(HOME_DIRECTORY, "~"),
    );
}

/** Replaces the home directory by `~`. */
export function replaceHome(text: string, home: string): string {
  return home.length < 2 ? text : text.replace(new RegExp(`${escapeRegExp(home)}(?![\\w.-])`, "g"), "~");
}

/** Returns the run without paths, and without the build-specific part of the kernel version. */
export function redactRun(run: RunFile, redact: Redact): RunFile {
  const { environment, definition, noiseCard } = run;
  return {
    ...run,
    command: run.command.map((word) => (word.includes("/") ? "(path)" : redact(word))),
    environment: environment === null ? null : redactEnvironment(environment, redact),
    ...(noiseCard !== undefined && { noiseCard: redactNoiseCard(noiseCard, redact) }),
    definition: {
      ...definition,
      plugins: definition.plugins?.map((name) => name.replace(/@.*/, "@(path)")) ?? null,
      conf: [],
      binDirs: [],
      ...(definition.options !== undefined && { options: mapStrings(definition.options, redact) }),
      redacted: true,
    },
    warnings: run.warnings.map(({ code, message }) => ({ code, message: redact(message) })),
  };
}

/** Preserves the words of cnibench: a host can have the name `machine`. */
function redactEnvironment(environment: Environment, redact: Redact): Environment {
  const { kernel } = environment;
  const { kind, cpuAccounting, keepAwake } = environment.cluster;
  const redacted = mapStrings(environment, redact);
  return {
    ...redacted,
    kernel: kernel === null ? null : kernelRelease(kernel),
    cluster: {
      ...redacted.cluster,
      kind,
      ...(cpuAccounting !== undefined && { cpuAccounting }),
      ...(keepAwake?.reason === null && { keepAwake }),
    },
  };
}

/** Returns the version of a kernel without the part that names its build. */
function kernelRelease(version: string): string | null {
  return /^\d+(\.\d+)*(-\d+)?/.exec(version)?.[0] ?? null;
}

function redactNoiseCard(card: NoiseCard, redact: Redact): NoiseCard {
  const machine = mapStrings(card.machine, redact);
  return { ...card, machine: { ...machine, kernel: kernelRelease(machine.kernel) ?? "unknown" } };
}

/** Redacts the sentences of a record. Its names (cell, clause) and numbers are preserved. */
export function redactRecord(record: ResultRecord, redact: Redact): ResultRecord {
  const redactedFields = {
    ...(record.error === undefined ? {} : { error: redact(record.error) }),
    ...(record.kind === "repetition" && record.skip !== undefined ? { skip: redact(record.skip) } : {}),
    ...(record.warnings === undefined
      ? {}
      : { warnings: record.warnings.map(({ code, message }) => ({ code, message: redact(message) })) }),
  };
  if (record.kind === "repetition")
    return {
      ...record,
      ...redactedFields,
      ...(record.pairs === undefined ? {} : { pairs: withoutNodeNames(record.pairs) }),
    };
  if (record.value === undefined) return { ...record, ...redactedFields };
  return { ...record, ...redactedFields, value: redactResult(record.value, redact) };
}

/** Redacts observed texts, evidence and commands, but not the identity, the sentence and the status of the clause. */
function redactResult(result: ClauseResult, redact: Redact): ClauseResult {
  const { clause, section, sentence, level, specVersion, status, ...texts } = result;
  return {
    clause,
    section,
    ...(sentence !== undefined && { sentence }),
    level,
    specVersion,
    status,
    ...mapStrings(texts, redact),
  };
}

/** Replaces the names of the nodes, which are host names, by numbers. */
function withoutNodeNames(table: PairTable): PairTable {
  return { ...table, nodes: table.nodes.map((_, i) => `node-${i + 1}`) };
}

/** Redacts a stored run. */
export function redactLoaded(
  { run, records, loadWarnings, commands, ...others }: LoadedRun,
  redact: Redact,
): LoadedRun {
  return {
    ...others,
    run: redactRun(run, redact),
    records: Array.from(records, (record) => redactRecord(record, redact)),
    loadWarnings: loadWarnings.map(({ code, message }) => ({ code, message: redact(message) })),
    commands: commands.map((each) => ({ ...each, command: redact(each.command) })),
  };
}

/** Redacts all strings of a plain value. */
function mapStrings<T>(value: T, redact: Redact): T {
  if (typeof value === "string") return redact(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, redact)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, mapStrings(item, redact)]),
  ) as T;
}

function wordPattern(word: string): RegExp {
  return new RegExp(`(?<![\\w-])${escapeRegExp(word)}(?![\\w-])`, "g");
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
