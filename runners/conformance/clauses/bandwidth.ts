/** bandwidth: how fast a container may receive (ingress) and send (egress). */
import type { JsonObject } from "../../../cni/json.ts";
import { succeeded } from "../../../core/shell.ts";
import { demandRefused, saidBy } from "../answer.ts";
import { concerns, demand, type Clause } from "../clause.ts";
import { NODE_ADDRESS } from "../surroundings.ts";
import { rateTo, serve } from "../talk.ts";
import type { Changes, Trial } from "../trial.ts";
import { demandClaim } from "./capability.ts";

/** Bits per second: so far apart that neither limit can be taken for the other, nor bits for bytes. */
const [INGRESS, EGRESS] = [64_000_000, 16_000_000];
const BURST = 400_000;
const PORT = 8080;
/** Bytes to send: about a second of the rate, so that the burst counts for little. */
const AMOUNT = { ingress: 8_000_000, egress: 2_000_000 };
/** More than this is no limit of that rate. A busy machine can be slow itself, but bits taken for bytes are less than this. */
const [MOST, LEAST] = [1.15, 0.2];
/** Seconds: what comes through much slower than asked counts as nothing. */
const PATIENCE = 10;

function limits(more: JsonObject): Changes {
  return { capabilityArgs: { bandwidth: more } };
}

async function limitsRates(trial: Trial): Promise<void> {
  demandClaim(trial, "bandwidth");
  const { container, result } = await trial.add(undefined, limits({ ingressRate: INGRESS, ingressBurst: BURST, egressRate: EGRESS, egressBurst: BURST }));
  const [ip] = result.ips;
  concerns(ip !== undefined, "the container has no address");
  const { shell } = trial.surroundings;
  await serve(container.shell, PORT);
  demandRate("receives", await rateTo(shell, ip.address.split("/")[0] ?? "", PORT, AMOUNT.ingress, PATIENCE), INGRESS);
  await serve(shell, PORT);
  demandRate("sends", await rateTo(container.shell, ip.gateway ?? NODE_ADDRESS, PORT, AMOUNT.egress, PATIENCE), EGRESS);
}

function demandRate(what: string, got: number | null, rate: number): void {
  const expected = `a container that ${what} about ${rate / 1e6} Mbit/s`;
  demand(got !== null, expected, `not even ${LEAST} of that`);
  demand(got <= MOST * rate && got >= LEAST * rate, expected, `${(got / 1e6).toFixed(1)} Mbit/s`);
}

async function refusesNonsense(trial: Trial): Promise<void> {
  demandClaim(trial, "bandwidth");
  const nonsense: readonly JsonObject[] = [{ ingressRate: INGRESS }, { egressRate: EGRESS, egressBurst: 0 }, { ingressRate: -1, ingressBurst: BURST }];
  for (const wrong of nonsense) {
    const target = await trial.container();
    const changes = limits(wrong);
    demandRefused(await trial.one("ADD", target, changes), `a bandwidth of ${JSON.stringify(wrong)}`);
    const call = await trial.one("DEL", target, changes);
    demand(succeeded(call.output), `DEL with a bandwidth of ${JSON.stringify(wrong)} to succeed all the same`, saidBy(call));
  }
}

const facts = { level: "beyond", since: "0.3.0", kinds: ["chained"], section: "Conventions" } as const;

export const bandwidth = [
  { ...facts, id: "cap.bandwidth", sentence: "A container receives ingressRate and sends egressRate bits per second.", test: limitsRates },
  { ...facts, id: "cap.bandwidth.invalid", sentence: "A rate without a burst and a negative rate are refused by ADD, and do not hinder DEL.", test: refusesNonsense },
] as const satisfies readonly Clause[];
