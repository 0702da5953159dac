/** Mutants of DEL of the IPAM plugin. */
import { fail, nodeIdOf } from "./mutant-helpers.ts";
import { rp, type Mutant } from "./mutant.ts";
import { DAEMON_CONFIG } from "./mutants-del.ts";
import { runScript } from "./script.ts";

export const IPAM_DEL: readonly Mutant[] = [
  rp(
    {
      number: "M257",
      description: "DEL fails while the daemon is stopped",
      fails: ["del.dependency.down"],
      config: DAEMON_CONFIG,
    },
    (original) => ({
      del: async (request) => {
        await original.requireDaemon(request);
        await original.del(request);
      },
    }),
  ),
  rp(
    { number: "M182", description: "DEL requires the namespace", fails: ["ipam.netns.agnostic", "del.netns.gone"] },
    (original) => ({
      del: async (request) => {
        await runScript(request.shell, `[ -e "$1" ]`, request.netns);
        await original.del(request);
      },
    }),
  ),
  rp(
    {
      number: "M184",
      description: "DEL releases a lease only while it is in the configured range",
      fails: ["cfg.del.tolerant"],
    },
    (original) => ({
      del: async (request) => {
        try {
          original.rangesOf(request);
        } catch {
          return;
        }
        await original.del(request);
      },
    }),
  ),
  rp({ number: "M245", description: "ADD fails for an ID that was deleted", fails: ["add.readd"] }, (original) => {
    const deleted = new Set<string>();
    return {
      add: async (request) =>
        deleted.has(`${await nodeIdOf(request)} ${original.ownerOf(request)}`)
          ? fail("the container was deleted")
          : original.add(request),
      del: async (request) => {
        deleted.add(`${await nodeIdOf(request)} ${original.ownerOf(request)}`);
        await original.del(request);
      },
    };
  }),
  rp(
    { number: "M247", description: "DEL matches prefixes of container IDs", fails: ["env.containerid.distinct"] },
    (original) => ({
      ownAddresses: async (request) =>
        (await original.leases(request))
          .filter(({ owner }) => owner.startsWith(request.command === "DEL" ? request.id : `${request.id} `))
          .map(({ address }) => address),
    }),
  ),
];
