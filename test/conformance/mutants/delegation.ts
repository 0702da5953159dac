/** Delegation: RI executes its IPAM plugin in the way in which the runtime executes RI. */
import { errorObject } from "../../../cni/plugin-errors.ts";
import { isObject, parseJson } from "../../../cni/lossless-json.ts";
import { readResult } from "../../../cni/result.ts";
import type { CniResult } from "../../../cni/types.ts";
import { isSpecVersion } from "../../../cni/spec-versions.ts";
import { messageOf } from "../../../core/errors.ts";
import { PluginError, stringOf, type Request } from "./protocol.ts";

/** Executes the first binary with the name in the directories of CNI_PATH; exits with 126 if there is none. */
const EXEC_FROM_CNI_PATH = `IFS=:
for dir in $CNI_PATH; do [ -f "$dir/$1" ] && [ -x "$dir/$1" ] && exec "$dir/$1"; done
exit 126`;

const CNI_PARAMETERS = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS", "CNI_PATH"];

interface DelegateOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly search?: string;
}

/** Returns the output of the IPAM plugin. @throws PluginError with its code and message if it fails */
export async function delegate(
  request: Request,
  command: string,
  { env = {}, input = request.input ?? "", search = EXEC_FROM_CNI_PATH }: DelegateOptions = {},
): Promise<string> {
  const type = isObject(request.config.ipam) ? stringOf(request.config.ipam.type) : "";
  if (type.includes("/")) throw new PluginError(7, "the type of ipam must not be a path");
  const own = Object.fromEntries(CNI_PARAMETERS.map((name) => [name, request.env[name]]));
  const { exitCode, stdout } = await request.shell.exec(["sh", "-c", search, "sh", type], {
    stdin: input,
    env: { ...own, CNI_COMMAND: command, ...env },
  });
  if (exitCode === 0) return stdout;
  if (exitCode === 126) throw new PluginError(111, `the IPAM plugin ${type} was not found in CNI_PATH`);
  const error = errorObject(stdout);
  if (error === null) throw new PluginError(112, `the IPAM plugin ${type} failed with exit code ${exitCode}`);
  throw new PluginError(error.code ?? 112, error.msg, error.details);
}

/** Parses the result of the IPAM plugin. @throws PluginError if it has no address */
export function ipamResult(stdout: string): CniResult {
  try {
    const raw = parseJson(stdout);
    if (!isObject(raw)) throw new Error("it is not an object");
    if (raw.cniVersion !== undefined && !isSpecVersion(stringOf(raw.cniVersion)))
      throw new Error("its version is unknown");
    const result = readResult(raw);
    if (result.ips.length === 0) throw new Error("it has no address");
    return result;
  } catch (error) {
    throw new PluginError(113, `invalid result of the IPAM plugin: ${messageOf(error)}`);
  }
}
