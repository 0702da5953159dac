/**
 * A stand-in for an IPAM plugin, in plain sh: it writes down how it was called and answers what the test told it to.
 * It shows what an upper plugin hands on, and what that does when its delegate fails or lies.
 */
import { convertResult } from "../../cni/convert.ts";
import { parseJson, stringifyJson, type JsonObject, type JsonValue } from "../../cni/json.ts";
import { run, type Shell } from "../../core/shell.ts";
import type { Operation } from "../../cni/types.ts";
import { notApplicableUnless } from "./clause.ts";
import type { ClauseContext } from "./clause-context.ts";
import { ipamOf, withIpam } from "./network-variants.ts";

/** Snapshots leave this folder out. */
const STATE_DIR = "/tmp/.cnibench";
export const FAKE_IPAM = "cnibench-ipam";
/** Printed on standard error at every call. */
export const STDERR_MARKER = "cnibench-ipam was here";

const SCRIPT = `#!/bin/sh
dir=${STATE_DIR}/ipam
read -r n <$dir/count
n=$((n + 1))
echo $n >$dir/count
cat >$dir/$n.stdin
env >$dir/$n.env
echo "${STDERR_MARKER}" >&2
[ ! -e $dir/$CNI_COMMAND.out ] || cat $dir/$CNI_COMMAND.out
[ ! -e $dir/$CNI_COMMAND.code ] || read -r code <$dir/$CNI_COMMAND.code
exit \${code:-0}
`;

export interface FakeIpamCall {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly request: JsonValue;
}

export interface FakeIpam {
  /** The network under test with the double as its IPAM plugin. */
  readonly context: ClauseContext;
  /** Folder of the double: the first of CNI_PATH. */
  readonly dir: string;
  /** What it answers from now on; no `output`: nothing. */
  setResponse(operation: Operation, exitCode: number, output?: JsonObject | string): Promise<void>;
  /** Its calls so far. */
  calls(): Promise<readonly FakeIpamCall[]>;
  /** Takes the program away. */
  remove(): Promise<void>;
}

/** What the double gives out: an address, its gateway, a default route, a name server. */
export const FAKE_RESULT: JsonObject = {
  cniVersion: "1.1.0",
  ips: [{ address: "10.250.0.2/24", gateway: "10.250.0.1" }],
  routes: [{ dst: "0.0.0.0/0" }],
  dns: { nameservers: ["192.0.2.53"], domain: "double.test" },
};

/** An error object in the version of the test. */
export function errorOutput(context: ClauseContext, code: number, msg = "the double fails"): JsonObject {
  return { cniVersion: context.version, code, msg };
}

/** Puts a double in the place of the IPAM plugin. @throws Skip when the plugin names none. */
export async function installFakeIpam(context: ClauseContext, result: JsonObject = FAKE_RESULT): Promise<FakeIpam> {
  const ipam = ipamOf(context.underTest.list);
  notApplicableUnless(ipam !== null, "the plugin is configured with no IPAM plugin");
  const { shell } = context.testNode;
  const [folder, state] = [`${STATE_DIR}/bin`, `${STATE_DIR}/ipam`];
  await writeFile(shell, `${folder}/${FAKE_IPAM}`, SCRIPT, "755");
  await writeFile(shell, `${state}/count`, "0\n");
  const answer: FakeIpam["setResponse"] = async (operation, exitCode, output = "") => {
    await writeFile(shell, `${state}/${operation}.code`, `${exitCode}\n`);
    await writeFile(shell, `${state}/${operation}.out`, typeof output === "string" ? output : stringifyJson(output));
  };
  await answer("ADD", 0, convertResult(result, context.version));
  const list = withIpam(context.underTest.list, { type: FAKE_IPAM, cnibenchMark: [1, { deep: "2" }] });
  return {
    context: context.withNetwork(list, [folder, ...context.underTest.pluginPath]),
    dir: folder,
    setResponse: answer,
    calls: async () => readCalls(shell, state),
    remove: async () => {
      await run(shell, ["rm", `${folder}/${FAKE_IPAM}`]);
    },
  };
}

async function writeFile(shell: Shell, path: string, text: string, mode = "644"): Promise<void> {
  await run(shell, ["install", "-D", "-m", mode, "/dev/stdin", path], { stdin: text });
}

async function readCalls(shell: Shell, folder: string): Promise<readonly FakeIpamCall[]> {
  const count = Number(await run(shell, ["cat", `${folder}/count`]));
  const calls: FakeIpamCall[] = [];
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
