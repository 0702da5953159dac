/** Mutants that confuse containers: they use a part of the container ID, or another form of it. */
import { ri, rc, rp, type Mutant } from "./mutant.ts";

const FAILS = ["env.containerid.distinct"];

export const CONTAINER_IDS: readonly Mutant[] = [
  ri(
    { number: "M380", description: "the link is named after the first 12 bytes of the ID", fails: FAILS },
    (original) => ({
      hostLinkName: ({ id, ...names }) => original.hostLinkName({ ...names, id: id.slice(0, 12) }),
    }),
  ),
  ri(
    { number: "M381", description: "the link is named after the last 12 bytes of the ID", fails: FAILS },
    (original) => ({
      hostLinkName: ({ id, ...names }) => original.hostLinkName({ ...names, id: id.slice(-12) }),
    }),
  ),
  ri(
    { number: "M382", description: "the link is named after the ID without punctuation", fails: FAILS },
    (original) => ({
      hostLinkName: ({ id, ...names }) => original.hostLinkName({ ...names, id: id.replace(/[_.-]/g, "-") }),
    }),
  ),
  rp({ number: "M383", description: "leases belong to the ID in lowercase", fails: FAILS }, (original) => ({
    ownerOf: ({ id, ifName }) => original.ownerOf({ id: id.toLowerCase(), ifName }),
  })),
  rp({ number: "M384", description: "DEL matches the first 8 bytes of IDs", fails: FAILS }, (original) => ({
    ownAddresses: async (request) =>
      (await original.leases(request))
        .filter(({ owner }) => owner.startsWith(request.command === "DEL" ? request.id.slice(0, 8) : `${request.id} `))
        .map(({ address }) => address),
  })),
  rc(
    {
      number: "M385",
      description: "changes are recorded for the first 12 bytes of the ID",
      fails: FAILS,
      config: { mtu: 1400 },
    },
    (original) => ({ recordFile: ({ id, ...names }) => original.recordFile({ ...names, id: id.slice(0, 12) }) }),
  ),
  rp(
    {
      number: "M386",
      description: "DEL of an unknown container releases the leases of others",
      fails: ["del.env.ids"],
    },
    (original) => ({
      del: async (request) => {
        const own = await original.ownAddresses(request);
        const all = (await original.leases(request)).map(({ address }) => address);
        await original.release(request, own.length > 0 ? own : all);
      },
    }),
  ),
];
