/** The specification versions that the plugins of a list support, as VERSION reports them. */
import {
  invokePlugin,
  type NetworkConfigList,
  parseVersionOutput,
  SPEC_VERSIONS,
  type SpecVersion,
  versionEnvironment,
} from "../../cni/index.ts";
import { messageOf } from "../../core/errors.ts";
import type { Warning } from "../../core/warning-codes.ts";
import type { Shell } from "../../core/shell.ts";
import type { PluginUnderTest } from "./plugin-under-test.ts";

export interface SupportedVersions {
  readonly versions: readonly SpecVersion[];
  readonly warnings: readonly Warning[];
}

/**
 * Released versions that every plugin of the list supports; the version of the configuration, with a warning, if
 * VERSION fails.
 */
export async function supportedVersions(
  node: Shell,
  { list, executables, operationLimit: timeout }: Pick<PluginUnderTest, "list" | "executables" | "operationLimit">,
  signal: AbortSignal,
): Promise<SupportedVersions> {
  const supported: (readonly string[])[] = [];
  for (const [i, path] of executables.entries()) {
    const plugin = list.plugins[i]?.type ?? "";
    const request = `{"cniVersion":"${list.cniVersion}"}`;
    const env = versionEnvironment();
    const call = { plugin, path, command: "VERSION", request, env, timeout, signal };
    try {
      supported.push(parseVersionOutput(await invokePlugin(node, call)).supportedVersions);
    } catch (error) {
      const message = `${messageOf(error)}; testing only ${list.cniVersion}`;
      return { versions: [list.cniVersion], warnings: [{ code: "version-unknown", message }] };
    }
  }
  return { versions: sharedVersions(list, supported), warnings: [] };
}

function sharedVersions(
  { cniVersion }: NetworkConfigList,
  supported: readonly (readonly string[])[],
): readonly SpecVersion[] {
  const shared = SPEC_VERSIONS.filter((version) => supported.every((versions) => versions.includes(version)));
  return shared.length > 0 ? shared : [cniVersion];
}
