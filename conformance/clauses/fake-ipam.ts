/**
 * A fake IPAM plugin in sh: it records its calls and responds as the test configures it. It shows what an upper
 * plugin passes to its delegate, and how that plugin behaves when the delegate fails or responds incorrectly.
 */
import {
  convertResult,
  type JsonObject,
  type JsonValue,
  type Operation,
  parseJson,
  stringifyJson,
} from "../../cni/index.ts";
import { run, type Shell } from "../../core/shell.ts";
import { notApplicableUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import { ipamOf, withIpam } from "../under-test/network-variants.ts";
import { observe } from "../node/recorder.ts";

/** Snapshots ignore this directory. */
const STATE_DIR = "/tmp/.cnibench";
export const FAKE_IPAM = "cnibench-ipam";
/** Printed on standard error by every call. */
export const STDERR_MARKER = "cnibench-ipam was here";

/** End the environment and the input of a call. */
const [END_OF_ENV, END_OF_CALL] = ["\u001e", "\u001f"];

const SCRIPT = `#!/bin/sh
dir=${STATE_DIR}/ipam
{ env; printf '\\036'; cat; printf '\\037'; } >>$dir/calls
echo "${STDERR_MARKER}" >&2
[ ! -e $dir/$CNI_COMMAND.out ] || cat $dir/$CNI_COMMAND.out
[ ! -e $dir/$CNI_COMMAND.code ] || read -r code <$dir/$CNI_COMMAND.code
exit \${code:-0}
`;

/** sh: writes files. Arguments: path and content of each. */
const WRITE_SCRIPT = `while [ $# -gt 0 ]; do printf %s "$2" >"$1"; shift 2; done`;

export interface FakeIpamCall {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly request: JsonValue;
}

export interface FakeIpam {
  /** The network under test with the fake as its IPAM plugin. */
  readonly context: ClauseContext;
  /** Directory of the fake: the first of CNI_PATH. */
  readonly dir: string;
  /** Sets the response to an operation from now on. Default for `output`: none. */
  setResponse(operation: Operation, exitCode: number, output?: JsonObject | string): Promise<void>;
  /** The calls so far. */
  calls(): Promise<readonly FakeIpamCall[]>;
  /** Deletes the binary. */
  remove(): Promise<void>;
}

/** The default result of the fake: an address, its gateway, a default route, a name server. */
export const FAKE_RESULT: JsonObject = {
  cniVersion: "1.1.0",
  ips: [{ address: "10.250.0.2/24", gateway: "10.250.0.1" }],
  routes: [{ dst: "0.0.0.0/0" }],
  dns: { nameservers: ["192.0.2.53"], domain: "fake-ipam.test" },
};

/** An error object in the version of the test. */
export function errorOutput(context: ClauseContext, code: number, msg = "the fake IPAM plugin fails"): JsonObject {
  return { cniVersion: context.version, code, msg };
}

/** Replaces the IPAM plugin by a fake. @throws NotApplicable when the configuration names no IPAM plugin */
export async function installFakeIpam(context: ClauseContext, result: JsonObject = FAKE_RESULT): Promise<FakeIpam> {
  const ipam = ipamOf(context.underTest.list);
  notApplicableUnless(ipam !== null, "the plugin is configured without an IPAM plugin");
  const { shell } = context.testNode;
  const [binDir, stateDir] = [`${STATE_DIR}/bin`, `${STATE_DIR}/ipam`];
  const responseFiles = (operation: Operation, exitCode: number, output: JsonObject | string): string[] => [
    ...[`${stateDir}/${operation}.code`, `${exitCode}\n`],
    ...[`${stateDir}/${operation}.out`, typeof output === "string" ? output : stringifyJson(output)],
  ];
  const script = `mkdir -p ${binDir} ${stateDir}; ${WRITE_SCRIPT}; chmod 755 ${binDir}/${FAKE_IPAM}`;
  const files = [`${binDir}/${FAKE_IPAM}`, SCRIPT, `${stateDir}/calls`, ""];
  const response = responseFiles("ADD", 0, convertResult(result, context.version));
  await run(shell, ["sh", "-ec", script, "sh", ...files, ...response]);
  const list = withIpam(context.underTest.list, { type: FAKE_IPAM, cnibenchMark: [1, { deep: "2" }] });
  return {
    context: context.withNetwork(list, [binDir, ...context.underTest.pluginPath]),
    dir: binDir,
    setResponse: async (operation, exitCode, output = "") => {
      await run(shell, ["sh", "-ec", WRITE_SCRIPT, "sh", ...responseFiles(operation, exitCode, output)]);
    },
    calls: async () => readCalls(shell, stateDir),
    remove: async () => {
      await run(shell, ["rm", `${binDir}/${FAKE_IPAM}`]);
    },
  };
}

async function readCalls(shell: Shell, stateDir: string): Promise<readonly FakeIpamCall[]> {
  const calls = (await observe(shell, ["cat", `${stateDir}/calls`])).split(END_OF_CALL).slice(0, -1);
  return calls.map((call) => {
    const [variables = "", input = ""] = call.split(END_OF_ENV);
    const env = parseEnv(variables);
    return { command: env.CNI_COMMAND ?? "", env, request: jsonOrString(input) };
  });
}

/** The output of `env`, one variable per line. */
function parseEnv(output: string): Readonly<Record<string, string>> {
  const lines = output.split("\n").filter((line) => line.includes("="));
  return Object.fromEntries(
    lines.map((line): [string, string] => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

function jsonOrString(input: string): JsonValue {
  try {
    return parseJson(input);
  } catch {
    return input;
  }
}
