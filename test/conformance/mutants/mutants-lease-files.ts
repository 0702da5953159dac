/** Mutants of a plugin whose leases can only be observed. */
import { DATABASE_CONFIG, DatabasePlugin } from "./database-plugin.ts";
import { rp, type Mutant } from "./mutant.ts";
import { PluginError } from "./protocol.ts";
import { runScript } from "./script.ts";

type Change = (original: DatabasePlugin) => Partial<DatabasePlugin>;

/** @param change the fault */
export function databaseMutant(facts: Pick<Mutant, "number" | "description" | "fails">, change: Change): Mutant {
  return rp({ ...facts, config: DATABASE_CONFIG }, () => {
    const plugin = Object.assign(new DatabasePlugin(), change(new DatabasePlugin()));
    return { serve: (call) => plugin.serve(call) };
  });
}

export const LEASE_FILES: readonly Mutant[] = [
  databaseMutant(
    {
      number: "M390",
      description: "DEL keeps the lease in a database if the namespace no longer exists",
      fails: ["del.netns.gone"],
    },
    (original) => ({
      del: async (request) => {
        const [exists] = await runScript(request.shell, `[ ! -e "$1" ] || echo yes`, request.netns);
        if (exists === "yes") await original.del(request);
      },
    }),
  ),
  databaseMutant(
    { number: "M391", description: "GC keeps all leases in a database", fails: ["gc.stale.lease", "gc.emptylist"] },
    () => ({ gc: async () => undefined }),
  ),
  databaseMutant(
    {
      number: "M392",
      description: "GC removes the valid leases from a database too",
      fails: ["gc.valid.kept", "gc.granularity"],
    },
    () => ({ validAttachments: () => [] }),
  ),
  databaseMutant(
    {
      number: "M393",
      description: "a rejected second ADD replaces the lease in a database, and DEL removes only the first",
      fails: ["add.duplicate"],
    },
    (original) => ({
      add: (request) =>
        original.add(request).catch(async (error: unknown) => {
          if (error instanceof PluginError && error.code === 104)
            await original.reserve({ ...request, ifName: `${request.ifName}-again` }, ["10.97.0.99"]);
          throw error;
        }),
    }),
  ),
];
