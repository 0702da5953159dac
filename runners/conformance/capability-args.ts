/** What a container runtime offers to plugins that claim a capability: every interface of a container gets ports of its own. */
import type { JsonObject, JsonValue } from "../../cni/json.ts";
import type { Attachment } from "./clause-context.ts";

/** Capabilities that a runtime can offer to any number of containers at once. */
export const OFFERABLE_CAPABILITIES = ["portMappings", "bandwidth"] as const;
export type Capability = (typeof OFFERABLE_CAPABILITIES)[number];

/** Bits, and bits per second: enough for what tests send, so that no limit is felt by accident. */
const BANDWIDTH_LIMITS: JsonObject = {
  ingressRate: 200_000_000,
  ingressBurst: 20_000_000,
  egressRate: 100_000_000,
  egressBurst: 10_000_000,
};

/** The same for every operation on an attachment; GC and STATUS, which have none, are offered nothing. */
export function capabilityArgsFor(capabilities: readonly Capability[], attachment: Attachment | null): JsonObject {
  if (attachment === null) return {};
  const { container, ifName } = attachment;
  const hostPort = 20_000 + 10 * trailingNumber(container.id) + trailingNumber(ifName);
  const all = { portMappings: [{ hostPort, containerPort: 80, protocol: "tcp" }], bandwidth: BANDWIDTH_LIMITS };
  return Object.fromEntries(capabilities.map((name): [string, JsonValue] => [name, all[name]]));
}

function trailingNumber(text: string): number {
  return Number(/\d{1,3}$/.exec(text)?.[0] ?? 0);
}
