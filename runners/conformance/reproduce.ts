/**
 * What a test did, as lines to paste. With the plugins' files on this machine they are one command that makes a node of its own,
 * without root and without touching the machine; else they are for a root shell of a node.
 */
import { quoteArgv, quoteWord } from "../../core/quote.ts";
import { commandLine, shortenInput } from "../../cni/command-line.ts";
import { convertResult } from "../../cni/convert.ts";
import { isList, isObject, stringifyJson } from "../../cni/json.ts";
import type { Invocation } from "../../cni/types.ts";
import { isSpecVersion } from "../../cni/version.ts";
import { parseObject } from "./plugin-output.ts";
import { UPLINK_SCRIPT } from "./test-node.ts";
import type { Step } from "./recorder.ts";

/** Executions that are told: what led to the last. Other steps are told all. */
const MAX_LISTED_CALLS = 16;

export interface PluginBinaries {
  /** Paths on this machine. */
  readonly files: readonly string[];
  /** Folder of the node that they are in. */
  readonly dir: string;
}

/** @param last the execution that shows it; null: everything is told. */
export function reproduce(steps: readonly Step[], last: Invocation | null, binaries: PluginBinaries | null): string {
  const end = last === null ? -1 : steps.findIndex(({ output }) => output === last.output);
  const lines = shellLines(selectSteps(end === -1 ? steps : steps.slice(0, end + 1)));
  return binaries === null ? lines.join("\n") : [...nodeSetup(binaries), ...lines, "END"].join("\n");
}

/** Of many executions, those that the plugin refused led to nothing, and the last tell most. */
function selectSteps(steps: readonly Step[]): readonly Step[] {
  const executions = steps.filter(isPluginCall);
  if (executions.length <= MAX_LISTED_CALLS) return steps;
  const done = executions.filter((step) => step.output?.exitCode === 0 || step === executions.at(-1));
  const told = new Set(done.slice(-MAX_LISTED_CALLS));
  return steps.filter((step) => !isPluginCall(step) || told.has(step));
}

function isPluginCall({ env }: Step): boolean {
  return Object.hasOwn(env, "CNI_COMMAND");
}

/** What an ADD printed and a later step uses: MACs and names of links are others each time, so a shell variable stands for it. */
interface SavedResult {
  readonly variable: string;
  /** As it stands in later inputs. */
  readonly json: string;
  /** Links on the node, at their place in the result. */
  readonly links: readonly (string | null)[];
}

function shellLines(steps: readonly Step[]): string[] {
  const results: SavedResult[] = [];
  return steps.map((step, i) => {
    const line = shellLine(step, results);
    if (step.env.CNI_COMMAND !== "ADD") return line;
    const links = nodeLinks(step);
    const later = steps.slice(i + 1);
    const text = laterForms(step).find((form) =>
      later.some(({ stdin, argv }) => stdin.includes(form) || argv.some((word) => links.includes(word))),
    );
    if (text === undefined) return line;
    const variable = `result${results.length + 1}`;
    results.push({ variable, json: text, links });
    return `${variable}=$(${line}); printf '%s\\n' "$${variable}"`;
  });
}

function nodeLinks({ output }: Step): (string | null)[] {
  const interfaces = parseObject(output?.stdout ?? "")?.interfaces;
  const entries = isList(interfaces) ? interfaces.filter(isObject) : [];
  return entries.map(({ name, sandbox }) => (typeof name === "string" && !sandbox ? name : null));
}

/** How the result of an ADD may stand in a later input. */
function laterForms({ stdin, output }: Step): string[] {
  const result = output === null ? null : parseObject(output.stdout);
  const version = parseObject(stdin)?.cniVersion;
  if (result === null || typeof version !== "string" || !isSpecVersion(version)) return [];
  try {
    return [stringifyJson(result), stringifyJson(convertResult(result, version))];
  } catch {
    return []; // no result that could be handed on
  }
}

function shellLine(step: Step, results: readonly SavedResult[]): string {
  const { argv, stdin, env } = step;
  if (isPluginCall(step)) return `printf %s ${inputWord(stdin, results)} | ${commandLine(argv, env)}`;
  const command = argv.map((word) => linkWord(word, results)).join(" ");
  return stdin === "" ? command : `printf %s ${inputWord(stdin, results)} | ${command}`;
}

/** The input as a word of the shell, with variables in the place of results. */
function inputWord(stdin: string, results: readonly SavedResult[]): string {
  const [first, ...rest] = results;
  if (first === undefined) return quoteWord(shortenInput(stdin));
  return stdin
    .split(first.json)
    .map((part) => inputWord(part, rest))
    .join(`"$${first.variable}"`);
}

function linkWord(word: string, results: readonly SavedResult[]): string {
  for (const { variable, links } of results) {
    if (links.includes(word)) return `"$(printf %s "$${variable}" | jq -r '.interfaces[${links.indexOf(word)}].name')"`;
  }
  return quoteWord(word);
}

/** A node as the tests have it (surroundings.ts): own network, /run, /tmp, /etc, /opt and /var/lib. */
function nodeSetup({ files, dir: folder }: PluginBinaries): string[] {
  return [
    "unshare --map-root-user --net --mount --pid --fork --mount-proc sh <<'END'",
    `set -e; mount -t tmpfs node /run; mkdir /run/netns /run/bin; cp ${quoteArgv(files)} /run/bin`,
    "cp -a /etc /run/etc 2>/dev/null || true; mkdir -p /run/etc/cni; mount --bind /run/etc /etc",
    `for i in /tmp /opt /var/lib; do mount -t tmpfs node $i; done; mkdir -p ${quoteWord(folder)} /var/lib/cni; mv /run/bin/* ${quoteWord(folder)}`,
    ...UPLINK_SCRIPT.split("\n"),
    "set +e",
  ];
}
