/** Calls the IPAM plugin of the plugin under test directly, for changes that only an IPAM plugin can make. */
import { PluginFinder, withVersion } from "../../cni/index.ts";
import { EnvironmentError } from "../../core/errors.ts";
import { stringAt } from "../../core/untrusted-json.ts";
import { NotApplicable, notApplicableUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import { ExecutionObserver } from "./execution-observer.ts";
import { ipamOf } from "../under-test/network-variants.ts";

/**
 * The context with the IPAM plugin as the plugin under test.
 * @throws NotApplicable when the plugin has none, or when it is not installed, which makes ADD fail
 */
export async function standaloneIpam(context: ClauseContext): Promise<ClauseContext> {
  const { list, kinds, target, pluginPath } = context.underTest;
  if (kinds.includes("ipam")) return context;
  const type = stringAt(ipamOf(list), "type");
  const upper = list.plugins[target];
  notApplicableUnless(type !== null && upper !== undefined, "the plugin is configured without an IPAM plugin");
  const executables = await new PluginFinder(context.testNode.shell, pluginPath)
    .find([type])
    .catch((error: unknown) => {
      throw error instanceof EnvironmentError ? new NotApplicable(error.message) : error;
    });
  const changes = {
    list: withVersion({ ...list, plugins: [{ ...upper, type }] }, list.cniVersion),
    executables,
    target: 0,
    kinds: ["ipam"] as const,
  };
  // The clauses about every execution do not judge the plugin under test by those of another one.
  return context.withChanges(changes, new ExecutionObserver(context.underTest.operationLimit));
}
