/** Keeps what is personal out of a run that is published: names of hosts and users, and the paths of their files. */
import type { LoadedRun } from "./load.ts";
import type { PairTable, ResultRecord, RunFile } from "./record.ts";

/** Text without what is personal in it. */
export type Redact = (text: string) => string;

/** What this machine would give away. */
export interface PersonalData {
  readonly home: string;
  readonly host: string;
  readonly user: string;
}

/** Home folders of anybody, as far as a path tells that it lies in one. */
const HOME_DIRECTORY = /(?:\/home\/|\/Users\/|\/var\/home\/)[^/\s"':,;]+|\/root(?![\w-])/g;

/** @param personal not known where a run of another machine is published: then only home folders are recognised. */
export function redactor(personal: PersonalData | null): Redact {
  if (personal === null) return (text) => text.replace(HOME_DIRECTORY, "~");
  const { home, host, user } = personal;
  // Everybody's root and localhost tell nothing, and the words stand in many a sentence.
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

/** `~` in place of one's own home folder. */
export function replaceHome(text: string, home: string): string {
  return home.length < 2 ? text : text.replace(new RegExp(`${escapeRegExp(home)}(?![\\w.-])`, "g"), "~");
}

/** The run without command paths, folders and the builder's part of the kernel's name. */
export function redactRun(run: RunFile, redact: Redact): RunFile {
  const { environment, definition } = run;
  return {
    ...run,
    command: run.command.map((word) => (word.includes("/") ? "(path)" : redact(word))),
    environment:
      environment === null
        ? null
        : {
            ...mapStrings(environment, redact),
            kernel: environment.kernel === null ? null : (/^\d+(\.\d+)*(-\d+)?/.exec(environment.kernel)?.[0] ?? null),
          },
    definition: {
      ...definition,
      plugins: definition.plugins?.map((name) => name.replace(/@.*/, "@(path)")) ?? null,
      conf: [],
      binDirs: [],
      redacted: true,
    },
    warnings: mapStrings(run.warnings, redact),
  };
}

/** A record whose sentences are redacted; its names (cell, clause) and numbers stay. */
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
  return { ...record, ...redactedFields, value: { ...record.value, message: redact(record.value.message) } };
}

/** Nodes of a cluster are hosts: their places tell them apart as well. */
function withoutNodeNames(table: PairTable): PairTable {
  return { ...table, nodes: table.nodes.map((_, i) => `node-${i + 1}`) };
}

/** A stored run as it may be published. */
export function redactLoaded({ run, records, loadWarnings: problems, commands }: LoadedRun, redact: Redact): LoadedRun {
  return {
    run: redactRun(run, redact),
    records: records.map((record) => redactRecord(record, redact)),
    loadWarnings: problems.map(({ code, message }) => ({ code, message: redact(message) })),
    commands: commands.map((each) => ({ ...each, command: redact(each.command) })),
  };
}

/** Every text of a plain value. */
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
