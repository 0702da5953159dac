/** Mutants that confuse containers: they use a part of the container ID, or another form of it. */
import { ri, rc, rp, type Mutant } from "./mutant.ts";
import { nodeIdOf, withEnv } from "./mutant-helpers.ts";
import type { Request } from "./protocol.ts";

const FAILS = ["env.containerid.distinct"];

const POD_NAME = /(?:^|;)K8S_POD_NAME=([^;]*)/;

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
  rp(
    { number: "M387", description: "leases belong to the pod name", fails: ["del.same-pod"], mayAlsoFail: ["gc.*"] },
    (original) => ({
      serve: (call) => {
        const podName = POD_NAME.exec(call.env.CNI_ARGS ?? "")?.[1];
        return original.serve(podName === undefined ? call : withEnv(call, { CNI_CONTAINERID: podName }));
      },
    }),
  ),
  ri(
    { number: "M388", description: "DEL removes the link of another container of the pod", fails: ["del.same-pod"] },
    (original) => {
      const latest = new Map<string, string>();
      const podOf = ({ env }: Request): string => POD_NAME.exec(env.CNI_ARGS ?? "")?.[1] ?? "";
      return {
        add: async (request) => {
          const result = await original.add(request);
          latest.set(`${await nodeIdOf(request)} ${podOf(request)} ${request.ifName}`, request.id);
          return result;
        },
        del: async (request) => {
          const id = latest.get(`${await nodeIdOf(request)} ${podOf(request)} ${request.ifName}`);
          await original.del(request);
          if (id !== undefined && podOf(request) !== "") await original.removeLink({ ...request, id });
        },
      };
    },
  ),
];
