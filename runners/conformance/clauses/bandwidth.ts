/** bandwidth: how fast a container may receive (ingress) and send (egress). */
import type { JsonObject } from "../../../cni/json.ts";
import { succeeded } from "../../../core/shell.ts";
import { demandRefused, saidBy } from "../answer.ts";
import { concerns, demand, type Clause } from "../clause.ts";
import { readQdiscs } from "../shaping.ts";
import { NODE_ADDRESS } from "../surroundings.ts";
import { rateTo, serve } from "../talk.ts";
import type { Attachment, Changes, Trial } from "../trial.ts";
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
  const { shell } = trial.surroundings;
  const target = await trial.container();
  const before = await queues(trial, target);
  const { container, result } = await trial.add(
    target,
    limits({ ingressRate: INGRESS, ingressBurst: BURST, egressRate: EGRESS, egressBurst: BURST }),
  );
  const made = (await queues(trial, target)) - before;
  const [ip] = result.ips;
  concerns(ip !== undefined, "the container has no address");
  await serve(container.shell, PORT);
  await serve(shell, PORT);
  const measured = [
    {
      what: "receives",
      rate: INGRESS,
      got: await rateTo(shell, ip.address.split("/")[0] ?? "", PORT, AMOUNT.ingress, PATIENCE),
    },
    {
      what: "sends",
      rate: EGRESS,
      got: await rateTo(container.shell, ip.gateway ?? NODE_ADDRESS, PORT, AMOUNT.egress, PATIENCE),
    },
  ];
  const wrong = measured.filter(({ rate, got }) => got === null || got > MOST * rate || got < LEAST * rate);
  // One queue can limit one direction only; that a plugin must do both the conventions do not say.
  const right = made === 1 ? wrong.length < measured.length : wrong.length === 0;
  demand(
    right,
    wrong.map(({ what, rate }) => `a container that ${what} about ${rate / 1e6} Mbit/s`).join(" and "),
    wrong
      .map(
        ({ what, got }) => `${what} ${got === null ? `not even ${LEAST} of that` : `${(got / 1e6).toFixed(1)} Mbit/s`}`,
      )
      .join(", "),
  );
}

async function queues({ surroundings }: Trial, { container }: Attachment): Promise<number> {
  return (await readQdiscs(surroundings.shell)).length + (await readQdiscs(container.shell)).length;
}

async function refusesNonsense(trial: Trial): Promise<void> {
  demandClaim(trial, "bandwidth");
  const nonsense: readonly JsonObject[] = [{ ingressRate: INGRESS }, { ingressRate: -1, ingressBurst: BURST }];
  for (const wrong of nonsense) {
    const target = await trial.container();
    const changes = limits(wrong);
    demandRefused(await trial.one("ADD", target, changes), `a bandwidth of ${JSON.stringify(wrong)}`);
    const call = await trial.one("DEL", target, changes);
    demand(
      succeeded(call.output),
      `DEL with a bandwidth of ${JSON.stringify(wrong)} to succeed all the same`,
      saidBy(call),
    );
  }
}

const facts = { level: "beyond", since: "0.3.0", kinds: ["chained"], section: "Conventions" } as const;

export const bandwidth = [
  {
    ...facts,
    id: "cap.bandwidth",
    sentence: "A container receives ingressRate and sends egressRate bits per second.",
    test: limitsRates,
  },
  {
    ...facts,
    id: "cap.bandwidth.invalid",
    sentence: "A rate without a burst and a negative rate are refused by ADD, and do not hinder DEL.",
    test: refusesNonsense,
  },
] as const satisfies readonly Clause[];
