/** Operations and requests that several clauses use. */
import type { JsonObject } from "../../cni/json.ts";
import { succeeded } from "../../core/shell.ts";
import { demand } from "./clause.ts";
import type { ClauseContext, Overrides } from "./clause-context.ts";
import { describeCall, parseObject } from "./plugin-output.ts";

/** The operations of an attachment that exist in the version under test, in order. */
export function attachmentOperations(context: ClauseContext): readonly ("ADD" | "CHECK" | "DEL")[] {
  return context.atLeast("0.4.0") ? ["ADD", "CHECK", "DEL"] : ["ADD", "DEL"];
}

/** @throws Deviation unless ADD and DEL of a new container succeed with the overrides. */
export async function demandAccepted(context: ClauseContext, description: string, overrides: Overrides): Promise<void> {
  const target = await context.createContainer();
  const added = await context.invokeTarget("ADD", target, overrides);
  demand(succeeded(added.output), `ADD with ${description} to succeed`, describeCall(added));
  const attached = { ...target, raw: parseObject(added.output.stdout) };
  const deleted = await context.invokeTarget("DEL", attached, overrides);
  demand(succeeded(deleted.output), `DEL with ${description} to succeed`, describeCall(deleted));
}

/** The object without some of its keys. */
export function withoutKeys(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
