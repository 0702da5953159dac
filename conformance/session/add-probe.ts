/** Probes whether ADD works at all: if not, one clause says so instead of every clause that needs ADD. */
import type { SpecVersion } from "../../cni/index.ts";
import { describeCall } from "../clauses/call-output.ts";
import { ClauseContext, type ContextOptions } from "../clauses/clause-context.ts";
import type { Clause } from "../clauses/clause.ts";
import { Skip } from "../clauses/demand.ts";
import { missingToolReason, namesFirewallTool } from "../node/firewall-tools.ts";
import type { TaskNode } from "./tasks.ts";
import type { PluginUnderTest } from "../under-test/plugin-under-test.ts";

/** A single failure may be the fault of one test node. */
const ATTEMPTS = 2;

/** Probes each version of the specification once. */
export class AddProbe {
  readonly #reasons = new Map<SpecVersion, Promise<string | null>>();

  /** Returns why ADD cannot work, or null if it works or the clause does not need it. */
  async reasonToSkip(
    { needsAdd = true, judgesFailingAdd = false }: Clause,
    underTest: PluginUnderTest,
    where: TaskNode,
  ): Promise<string | null> {
    if (!needsAdd || judgesFailingAdd) return null;
    const version = underTest.list.cniVersion;
    const known = this.#reasons.get(version);
    if (known !== undefined) return known;
    const probed = probe({ ...where, underTest });
    this.#reasons.set(version, probed);
    return probed;
  }

  /** The versions in which ADD does not work, with the reasons. */
  async failures(): Promise<readonly { readonly version: SpecVersion; readonly reason: string }[]> {
    const all = await Promise.all(
      [...this.#reasons].map(async ([version, reason]) => ({ version, reason: await reason })),
    );
    return all.flatMap(({ version, reason }) => (reason === null ? [] : [{ version, reason }]));
  }
}

async function probe(options: ContextOptions): Promise<string | null> {
  let words = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const failure = await failureOfAdd(options);
    if (failure === null) return null;
    words = failure;
  }
  const missing = namesFirewallTool(words) ? await missingToolReason(options.node, words) : null;
  return missing ?? `ADD fails: ${words}`;
}

/** Runs one ADD. @returns why it failed, or null */
export async function failureOfAdd(options: ContextOptions): Promise<string | null> {
  const context = await ClauseContext.open(options);
  try {
    const { ok, last } = await context.tryAdd(await context.createContainer());
    return ok ? null : describeCall(last);
  } catch (error) {
    if (error instanceof Skip) return error.message;
    throw error;
  } finally {
    await context.close();
  }
}
