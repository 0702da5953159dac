/** bandwidth: how fast a container may receive (ingress) and send (egress). */
import type { JsonObject } from "../../../cni/json.ts";
import { succeeded } from "../../../core/shell.ts";
import { demandRejected, describeCall } from "../plugin-output.ts";
import { notApplicableUnless, demand, type Clause } from "../clause.ts";
import { readQdiscs } from "../shaping.ts";
import { NODE_ADDRESS } from "../test-node.ts";
import { measureRate, startServer } from "../echo.ts";
import type { Attachment, Overrides, ClauseContext } from "../clause-context.ts";
import { skipUnlessClaimed } from "./capability.ts";

/** Bits per second: so far apart that neither limit can be taken for the other, nor bits for bytes. */
const [INGRESS_BITS_PER_S, EGRESS_BITS_PER_S] = [64_000_000, 16_000_000];
const BURST_BITS = 400_000;
const PORT = 8080;
/** Bytes to send: about a second of the rate, so that the burst counts for little. */
const TRANSFER_BYTES = { ingress: 8_000_000, egress: 2_000_000 };
/** More than this is no limit of that rate. A busy machine can be slow itself, but bits taken for bytes are less than this. */
const [MAX_RATE_FACTOR, MIN_RATE_FACTOR] = [1.15, 0.2];
/** Seconds: what comes through much slower than asked counts as nothing. */
const TRANSFER_TIMEOUT_S = 10;

function bandwidthArgs(more: JsonObject): Overrides {
  return { capabilityArgs: { bandwidth: more } };
}

async function limitsRates(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "bandwidth");
  const { shell } = context.testNode;
  const target = await context.createContainer();
  const before = await countQdiscs(context, target);
  const { container, result } = await context.add(
    target,
    bandwidthArgs({
      ingressRate: INGRESS_BITS_PER_S,
      ingressBurst: BURST_BITS,
      egressRate: EGRESS_BITS_PER_S,
      egressBurst: BURST_BITS,
    }),
  );
  const made = (await countQdiscs(context, target)) - before;
  const [ip] = result.ips;
  notApplicableUnless(ip !== undefined, "the container has no address");
  await startServer(container.shell, PORT);
  await startServer(shell, PORT);
  const measured = [
    {
      what: "receives",
      rate: INGRESS_BITS_PER_S,
      got: await measureRate(
        shell,
        { address: ip.address.split("/")[0] ?? "", port: PORT },
        { bytes: TRANSFER_BYTES.ingress, timeout: TRANSFER_TIMEOUT_S },
      ),
    },
    {
      what: "sends",
      rate: EGRESS_BITS_PER_S,
      got: await measureRate(
        container.shell,
        { address: ip.gateway ?? NODE_ADDRESS, port: PORT },
        { bytes: TRANSFER_BYTES.egress, timeout: TRANSFER_TIMEOUT_S },
      ),
    },
  ];
  const wrong = measured.filter(
    ({ rate, got }) => got === null || got > MAX_RATE_FACTOR * rate || got < MIN_RATE_FACTOR * rate,
  );
  // One queue can limit one direction only; that a plugin must do both the conventions do not say.
  const right = made === 1 ? wrong.length < measured.length : wrong.length === 0;
  demand(
    right,
    wrong.map(({ what, rate }) => `a container that ${what} about ${rate / 1e6} Mbit/s`).join(" and "),
    wrong
      .map(
        ({ what, got }) =>
          `${what} ${got === null ? `not even ${MIN_RATE_FACTOR} of that` : `${(got / 1e6).toFixed(1)} Mbit/s`}`,
      )
      .join(", "),
  );
}

async function countQdiscs({ testNode: surroundings }: ClauseContext, { container }: Attachment): Promise<number> {
  return (await readQdiscs(surroundings.shell)).length + (await readQdiscs(container.shell)).length;
}

async function rejectsInvalidBandwidth(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "bandwidth");
  const nonsense: readonly JsonObject[] = [
    { ingressRate: INGRESS_BITS_PER_S },
    { ingressRate: -1, ingressBurst: BURST_BITS },
  ];
  for (const wrong of nonsense) {
    const target = await context.createContainer();
    const changes = bandwidthArgs(wrong);
    demandRejected(await context.invokeTarget("ADD", target, changes), `a bandwidth of ${JSON.stringify(wrong)}`);
    const call = await context.invokeTarget("DEL", target, changes);
    demand(
      succeeded(call.output),
      `DEL with a bandwidth of ${JSON.stringify(wrong)} to succeed all the same`,
      describeCall(call),
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
    sentence: "ADD rejects a rate without a burst and a negative rate; DEL succeeds with both.",
    test: rejectsInvalidBandwidth,
  },
] as const satisfies readonly Clause[];
