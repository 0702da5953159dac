/** The capability bandwidth: limits for the ingress and egress traffic of a container. */
import type { JsonObject } from "../../cni/index.ts";
import { addressOf } from "../../core/ip.ts";
import { succeeded } from "../../core/shell.ts";
import { demandRejected, describeCall } from "./call-output.ts";
import type { Clause } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import { readQdiscs } from "../node/traffic-shaping.ts";
import { NODE_ADDRESS } from "../node/test-node.ts";
import { measureRate, startServer } from "../node/echo.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, TestAttachment, Overrides } from "./attachment.ts";
import { skipUnlessClaimed } from "./capability.ts";

/** Two rates so different that neither can be mistaken for the other, nor bits for bytes. */
const [INGRESS_BITS_PER_S, EGRESS_BITS_PER_S] = [64_000_000, 16_000_000];
const BURST_BITS = 400_000;
const PORT = 8080;
/** About one second at the rate, so that the burst has little effect. */
const TRANSFER_BYTES = { ingress: 8_000_000, egress: 2_000_000 };
/**
 * Range of a measured rate, relative to the limit. The lower bound allows for a busy machine, but not for a plugin that
 * takes bits for bytes.
 */
const [MIN_RATE_FACTOR, MAX_RATE_FACTOR] = [0.2, 1.15];
/** A transfer that takes longer counts as not delivered. */
const TRANSFER_TIMEOUT_S = 10;

const LIMITS: JsonObject = {
  ingressRate: INGRESS_BITS_PER_S,
  ingressBurst: BURST_BITS,
  egressRate: EGRESS_BITS_PER_S,
  egressBurst: BURST_BITS,
};

interface MeasuredRate {
  readonly verb: "receives" | "sends";
  /** The configured limit and the measured rate, in bits per second; null: not delivered in time. */
  readonly limit: number;
  readonly rate: number | null;
}

function bandwidthArgs(bandwidth: JsonObject): Overrides {
  return { capabilityArgs: { bandwidth } };
}

async function limitsRates(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "bandwidth");
  const target = await context.createContainer();
  const before = await countQdiscs(context, target);
  const added = await context.add(target, bandwidthArgs(LIMITS));
  const newQdiscs = (await countQdiscs(context, target)) - before;
  const measurements = await measureRates(context, added);
  const wrong = measurements.filter(
    ({ limit, rate }) => rate === null || rate > MAX_RATE_FACTOR * limit || rate < MIN_RATE_FACTOR * limit,
  );
  // One qdisc can limit one direction only, and the conventions do not require both directions.
  const holds = newQdiscs === 1 ? wrong.length < measurements.length : wrong.length === 0;
  demand(
    holds,
    wrong.map(({ verb, limit }) => `a container that ${verb} about ${limit / 1e6} Mbit/s`).join(" and "),
    wrong.map(formatRate).join(", "),
  );
}

async function measureRates(
  { testNode }: ClauseContext,
  { container, result }: AddedAttachment,
): Promise<readonly MeasuredRate[]> {
  const [ip] = result.ips;
  notApplicableUnless(ip !== undefined, "the container has no address");
  await startServer(container.shell, PORT);
  await startServer(testNode.shell, PORT);
  const ingress = await measureRate(
    testNode.shell,
    { address: addressOf(ip.address), port: PORT },
    { bytes: TRANSFER_BYTES.ingress, timeout: TRANSFER_TIMEOUT_S },
  );
  const egress = await measureRate(
    container.shell,
    { address: ip.gateway ?? NODE_ADDRESS, port: PORT },
    { bytes: TRANSFER_BYTES.egress, timeout: TRANSFER_TIMEOUT_S },
  );
  return [
    { verb: "receives", limit: INGRESS_BITS_PER_S, rate: ingress },
    { verb: "sends", limit: EGRESS_BITS_PER_S, rate: egress },
  ];
}

function formatRate({ verb, rate }: MeasuredRate): string {
  return `${verb} ${rate === null ? `less than ${MIN_RATE_FACTOR} of that` : `${(rate / 1e6).toFixed(1)} Mbit/s`}`;
}

async function countQdiscs({ testNode }: ClauseContext, { container }: TestAttachment): Promise<number> {
  return (await readQdiscs(testNode.shell)).length + (await readQdiscs(container.shell)).length;
}

async function rejectsInvalidBandwidth(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "bandwidth");
  const invalid: readonly JsonObject[] = [
    { ingressRate: INGRESS_BITS_PER_S },
    { ingressRate: -1, ingressBurst: BURST_BITS },
  ];
  for (const bandwidth of invalid) {
    const target = await context.createContainer();
    const overrides = bandwidthArgs(bandwidth);
    const description = `a bandwidth of ${JSON.stringify(bandwidth)}`;
    demandRejected(await context.invokeTarget("ADD", target, overrides), description);
    const call = await context.invokeTarget("DEL", target, overrides);
    demand(succeeded(call.output), `DEL with ${description} to succeed`, describeCall(call));
  }
}

const KINDS = ["interface", "chained"] as const;
const COMMON = { level: "beyond", since: "0.3.0", kinds: KINDS, section: "Conventions" } as const;

export const bandwidth = [
  {
    ...COMMON,
    id: "cap.bandwidth",
    sentence: "A container receives ingressRate and sends egressRate bits per second.",
    test: limitsRates,
  },
  {
    ...COMMON,
    id: "cap.bandwidth.invalid",
    dependsOnVersion: false,
    sentence: "ADD rejects a rate without a burst and a negative rate; DEL succeeds with both.",
    test: rejectsInvalidBandwidth,
  },
] as const satisfies readonly Clause[];
