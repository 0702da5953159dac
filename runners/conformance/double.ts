/**
 * A stand-in for an IPAM plugin, in plain sh: it writes down how it was called and answers what the test told it to.
 * It shows what an upper plugin hands on, and what that does when its delegate fails or lies.
 */
import { convertResult } from "../../cni/convert.ts";
import { parseJson, stringifyJson, type JsonObject, type JsonValue } from "../../cni/json.ts";
import { run, type Shell } from "../../core/shell.ts";
import type { Operation } from "../../cni/types.ts";
import { concerns } from "./clause.ts";
import type { Trial } from "./trial.ts";
import { ipamOf, withIpam } from "./variants.ts";

/** Snapshots leave this folder out. */
const ROOT = "/tmp/.cnibench";
export const DOUBLE = "cnibench-ipam";
/** Printed on standard error at every call. */
export const MARKER = "cnibench-ipam was here";

const SCRIPT = `#!/bin/sh
dir=${ROOT}/ipam
read -r n <$dir/count
n=$((n + 1))
echo $n >$dir/count
cat >$dir/$n.stdin
env >$dir/$n.env
echo "${MARKER}" >&2
[ ! -e $dir/$CNI_COMMAND.out ] || cat $dir/$CNI_COMMAND.out
[ ! -e $dir/$CNI_COMMAND.code ] || read -r code <$dir/$CNI_COMMAND.code
exit \${code:-0}
`;

export interface DoubleCall {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly request: JsonValue;
}

export interface Double {
  /** The network under test with the double as its IPAM plugin. */
  readonly trial: Trial;
  /** Folder of the double: the first of CNI_PATH. */
  readonly folder: string;
  /** What it answers from now on; no `output`: nothing. */
  answer(operation: Operation, exitCode: number, output?: JsonObject | string): Promise<void>;
  /** Its calls so far. */
  calls(): Promise<readonly DoubleCall[]>;
  /** Takes the program away. */
  remove(): Promise<void>;
}

/** What the double gives out: an address, its gateway, a default route, a name server. */
export const LEASE: JsonObject = {
  cniVersion: "1.1.0",
  ips: [{ address: "10.250.0.2/24", gateway: "10.250.0.1" }],
  routes: [{ dst: "0.0.0.0/0" }],
  dns: { nameservers: ["192.0.2.53"], domain: "double.test" },
};

/** An error object in the version of the test. */
export function failure(trial: Trial, code: number, msg = "the double fails"): JsonObject {
  return { cniVersion: trial.version, code, msg };
}

/** Puts a double in the place of the IPAM plugin. @throws Skip when the plugin names none. */
export async function installDouble(trial: Trial, lease: JsonObject = LEASE): Promise<Double> {
  const ipam = ipamOf(trial.subject.list);
  concerns(ipam !== null, "the plugin is configured with no IPAM plugin");
  const { shell } = trial.surroundings;
  const [folder, state] = [`${ROOT}/bin`, `${ROOT}/ipam`];
  await write(shell, `${folder}/${DOUBLE}`, SCRIPT, "755");
  await write(shell, `${state}/count`, "0\n");
  const answer: Double["answer"] = async (operation, exitCode, output = "") => {
    await write(shell, `${state}/${operation}.code`, `${exitCode}\n`);
    await write(shell, `${state}/${operation}.out`, typeof output === "string" ? output : stringifyJson(output));
  };
  await answer("ADD", 0, convertResult(lease, trial.version));
  const list = withIpam(trial.subject.list, { type: DOUBLE, cnibenchMark: [1, { deep: "2" }] });
  return {
    trial: trial.with(list, [folder, ...trial.subject.pluginPath]),
    folder,
    answer,
    calls: async () => readCalls(shell, state),
    remove: async () => {
      await run(shell, ["rm", `${folder}/${DOUBLE}`]);
    },
  };
}

async function write(shell: Shell, path: string, text: string, mode = "644"): Promise<void> {
  await run(shell, ["install", "-D", "-m", mode, "/dev/stdin", path], { stdin: text });
}

async function readCalls(shell: Shell, folder: string): Promise<readonly DoubleCall[]> {
  const count = Number(await run(shell, ["cat", `${folder}/count`]));
  const calls: DoubleCall[] = [];
  for (let n = 1; n <= count; n++) {
    const lines = (await run(shell, ["cat", `${folder}/${n}.env`])).split("\n").filter((line) => line.includes("="));
    const env = Object.fromEntries(
      lines.map((line): [string, string] => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    calls.push({
      command: env.CNI_COMMAND ?? "",
      env,
      request: readJson(await run(shell, ["cat", `${folder}/${n}.stdin`])),
    });
  }
  return calls;
}

function readJson(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
