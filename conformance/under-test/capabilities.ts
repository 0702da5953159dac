/** Capability arguments that a container runtime passes; every interface of a container gets its own host port. */
import type { JsonObject, JsonValue } from "../../cni/index.ts";
import type { TestAttachment } from "../clauses/attachment.ts";

/** Capabilities that a runtime can offer to any number of containers at once. */
export const OFFERABLE_CAPABILITIES = ["portMappings", "bandwidth"] as const;
export type Capability = (typeof OFFERABLE_CAPABILITIES)[number];

/** Bits and bits per second: far above the traffic of the tests, so that no limit slows them down. */
const BANDWIDTH_LIMITS: JsonObject = {
  ingressRate: 200_000_000,
  ingressBurst: 20_000_000,
  egressRate: 100_000_000,
  egressBurst: 10_000_000,
};

/** The same for every operation on an attachment; empty for GC and STATUS, which have no attachment. */
export function capabilityArgsFor(capabilities: readonly Capability[], attachment: TestAttachment | null): JsonObject {
  if (attachment === null) return {};
  const { container, ifName } = attachment;
  const hostPort = 20_000 + 10 * trailingNumber(container.name) + trailingNumber(ifName);
  const all = { portMappings: [{ hostPort, containerPort: 80, protocol: "tcp" }], bandwidth: BANDWIDTH_LIMITS };
  return Object.fromEntries(capabilities.map((name): [string, JsonValue] => [name, all[name]]));
}

function trailingNumber(name: string): number {
  return Number(/\d{1,3}$/.exec(name)?.[0] ?? 0);
}
