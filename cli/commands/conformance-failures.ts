/**
 * The clauses that failed when a plugin was last tested, for `--rerun-failed` and `--watch`. They are kept in the
 * private cache, in one file per plugin.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { writeAtomically } from "../../core/atomic-write.ts";
import type { Host } from "../../core/host.ts";
import { makeDirectories } from "../../core/paths.ts";
import { listAt, stringAt, tryParse } from "../../core/untrusted-json.ts";
import type { ConformanceReport, ConformanceRow } from "../../results/index.ts";
import { cacheDir } from "../../tools/index.ts";
import type { Target, TargetFlags } from "./conformance-target.ts";

/** `plugin` is the member of a chain, or the entire chain. */
export type FailedClause = Pick<ConformanceRow, "plugin" | "clause" | "specVersion">;

export class FailureStore {
  readonly #file: string;

  /** Tests with another binary, configuration or profile file are those of another plugin. */
  constructor(host: Host, { name, binaries }: Pick<Target, "name" | "binaries">, { conf, profile }: TargetFlags) {
    const files = [binaries[0]?.file, conf, profile].map((file) => (file === undefined ? "" : resolve(file)));
    const key = createHash("sha256")
      .update(JSON.stringify([name, ...files]))
      .digest("hex");
    this.#file = join(cacheDir(host), "conformance", `${key.slice(0, 16)}.json`);
  }

  /** Returns null if the plugin was never tested, or if the file cannot be read. */
  read(): readonly FailedClause[] | null {
    try {
      return listAt(tryParse(readFileSync(this.#file, "utf8")), "failed").map((entry) => ({
        plugin: stringAt(entry, "plugin") ?? "",
        clause: stringAt(entry, "clause") ?? "",
        specVersion: stringAt(entry, "specVersion") ?? "",
      }));
    } catch {
      return null;
    }
  }

  /** Replaces the stored failures of the tested clauses and keeps those of other clauses. */
  record({ conformance }: ConformanceReport): void {
    const tested = new Set(conformance.map(idOf));
    const failed = [
      ...(this.read() ?? []).filter((one) => !tested.has(idOf(one))),
      ...conformance.filter(({ status }) => status === "fail"),
    ].map(({ plugin, clause, specVersion }) => ({ plugin, clause, specVersion }));
    try {
      makeDirectories(dirname(this.#file));
      writeAtomically(this.#file, `${JSON.stringify({ failed })}\n`);
    } catch {
      // A cache that cannot be written must not fail a test; --rerun-failed then finds no run.
    }
  }
}

function idOf({ plugin, clause, specVersion }: FailedClause): string {
  return `${plugin} ${clause} ${specVersion}`;
}
