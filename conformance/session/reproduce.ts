/**
 * Renders the steps of a test as lines to paste into a shell. With the binaries of the plugins on this machine, the
 * lines are one command that creates a node in its own namespaces, without root; otherwise they are for a root
 * shell on a node.
 */
import { quoteArgv, quoteWord } from "../../core/text.ts";
import {
  commandLine,
  convertResult,
  type Invocation,
  isList,
  isObject,
  isSpecVersion,
  shortenInput,
  stringifyJson,
} from "../../cni/index.ts";
import { parseObject } from "../clauses/call-output.ts";
import { STATE_DIRS, UPLINK_SCRIPT } from "../node/test-node.ts";
import type { Step } from "../node/recorder.ts";

/** Plugin calls before the last one are omitted beyond this number; other steps are always listed. */
const MAX_LISTED_CALLS = 16;

export interface PluginBinaries {
  /** Paths on this machine. */
  readonly files: readonly string[];
  /** Their directory on the node. */
  readonly dir: string;
  /** Other files on this machine that the node has at the same paths. Default: none. */
  readonly copied?: readonly string[];
}

/** @param last the call that shows the deviation; null: all steps are listed */
export function reproduce(steps: readonly Step[], last: Invocation | null, binaries: PluginBinaries | null): string {
  const end = last === null ? -1 : steps.findIndex(({ output }) => output === last.output);
  const lines = shellLines(selectSteps(end === -1 ? steps : steps.slice(0, end + 1)));
  return binaries === null ? lines.join("\n") : [...nodeSetup(binaries), ...lines, "END"].join("\n");
}

/** Limits the plugin calls to the most recent successful ones: rejected calls had no effect. */
function selectSteps(steps: readonly Step[]): readonly Step[] {
  const calls = steps.filter(isPluginCall);
  if (calls.length <= MAX_LISTED_CALLS) return steps;
  const effective = calls.filter((step) => step.output?.exitCode === 0 || step === calls.at(-1));
  const listed = new Set(effective.slice(-MAX_LISTED_CALLS));
  return steps.filter((step) => !isPluginCall(step) || listed.has(step));
}

function isPluginCall({ env }: Step): boolean {
  return Object.hasOwn(env, "CNI_COMMAND");
}

/**
 * The result of an ADD that later steps use, kept in a shell variable because MACs and link names differ each time.
 */
interface SavedResult {
  readonly variable: string;
  /** The result as it occurs in later inputs. */
  readonly json: string;
  /** Names of links on the node by their index in the result; null for links in the container. */
  readonly links: readonly (string | null)[];
}

function shellLines(steps: readonly Step[]): string[] {
  const results: SavedResult[] = [];
  return steps.map((step, i) => {
    const line = shellLine(step, results);
    if (step.env.CNI_COMMAND !== "ADD") return line;
    const links = nodeLinks(step);
    const later = steps.slice(i + 1);
    const json = laterForms(step).find((form) =>
      later.some(({ stdin, argv }) => stdin.includes(form) || argv.some((word) => links.includes(word))),
    );
    if (json === undefined) return line;
    const variable = `result${results.length + 1}`;
    results.push({ variable, json, links });
    return `${variable}=$(${line}); printf '%s\\n' "$${variable}"`;
  });
}

function nodeLinks({ output }: Step): (string | null)[] {
  const interfaces = parseObject(output?.stdout ?? "")?.interfaces;
  const entries = isList(interfaces) ? interfaces.filter(isObject) : [];
  return entries.map(({ name, sandbox }) => (typeof name === "string" && !sandbox ? name : null));
}

/** The JSON strings by which the result of an ADD may occur in a later input. */
function laterForms({ stdin, output }: Step): string[] {
  const result = output === null ? null : parseObject(output.stdout);
  const version = parseObject(stdin)?.cniVersion;
  if (result === null || typeof version !== "string" || !isSpecVersion(version)) return [];
  try {
    return [stringifyJson(result), stringifyJson(convertResult(result, version))];
  } catch {
    return []; // not a result that can be converted
  }
}

function shellLine(step: Step, results: readonly SavedResult[]): string {
  const { argv, stdin, env } = step;
  if (isPluginCall(step)) return `printf %s ${inputWord(stdin, results)} | ${commandLine(argv, env)}`;
  const command = argv.map((word) => linkWord(word, results)).join(" ");
  return stdin === "" ? command : `printf %s ${inputWord(stdin, results)} | ${command}`;
}

/** The input as a shell word, with variables in place of results. */
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

/** Creates a node like test-node.ts, with its own network, /run, /etc and directories for files of plugins. */
function nodeSetup({ files, dir, copied = [] }: PluginBinaries): string[] {
  const target = quoteWord(dir);
  return [
    "unshare --map-root-user --net --mount --pid --fork --mount-proc sh <<'END'",
    `set -e; mount -t tmpfs node /run; mkdir /run/netns /run/bin; cp ${quoteArgv(files)} /run/bin`,
    ...(copied.length === 0 ? [] : [`mkdir /run/files; cp --parents ${quoteArgv(copied)} /run/files`]),
    "cp -a /etc /run/etc 2>/dev/null || true; mkdir -p /run/etc/cni; mount --bind /run/etc /etc",
    `for i in /tmp /opt /var/tmp ${STATE_DIRS.join(" ")}; do [ ! -d $i ] || mount -t tmpfs node $i; done`,
    `mkdir -p ${target} /var/lib/cni; mv /run/bin/* ${target}`,
    ...(copied.length === 0 ? [] : ["cp -r /run/files/* /"]),
    ...UPLINK_SCRIPT.split("\n"),
    "set +e",
  ];
}
