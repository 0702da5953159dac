/** Attachments, overrides for the calls that create and delete them, and the outcomes of these calls. */
import {
  type Attachment,
  type CniArgs,
  type AttachmentRef,
  type Invocation,
  type JsonObject,
  podArgs,
} from "../../cni/index.ts";
import type { PrintedResult } from "./printed-result.ts";
import type { TestContainer } from "../node/test-container.ts";

/** One interface of one container. */
export interface TestAttachment {
  readonly container: TestContainer;
  readonly ifName: string;
  /** Result of the plugins before the one under test; null if there are none. */
  readonly incoming: JsonObject | null;
  /** The final result of ADD as printed; null before ADD. */
  readonly raw: JsonObject | null;
  /**
   * Why a runtime discards the result of ADD, so that it passes none to later operations, as libcni does with an
   * unreadable result. Absent for a valid result.
   */
  readonly discarded?: string;
}

export interface AddedAttachment extends TestAttachment {
  readonly result: PrintedResult;
}

/** Differences from a correct call. */
export interface Overrides {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly request?: (request: JsonObject) => JsonObject;
  /** Replaces the entire input. */
  readonly stdin?: string;
  /** Replaces the prevResult of the request; null omits it. */
  readonly prevResult?: JsonObject | null;
  /** Replaces the offered capability arguments; each plugin gets those that it claims. */
  readonly capabilityArgs?: JsonObject;
  /** For GC: the attachments that still exist. */
  readonly valid?: readonly AttachmentRef[];
}

/** The outcome of an operation on the list, which stops at the first plugin that fails. */
export interface CallOutcome {
  readonly ok: boolean;
  /** The failed call, or the last one. */
  readonly last: Invocation;
  readonly calls: readonly Invocation[];
}

export interface AddCallOutcome extends CallOutcome {
  /** The object that the last plugin printed; null if a plugin failed or the output is not an object. */
  readonly raw: JsonObject | null;
  /** The attachment for later operations. */
  readonly attached: TestAttachment;
}

/** The attachment as the parameters of a call name it. @param cniArgs changes to CNI_ARGS */
export function cniAttachment({ container, ifName }: TestAttachment, cniArgs: CniArgs): Attachment {
  return { containerID: container.id, netns: container.netns, ifName, args: podArgs(container, cniArgs) };
}
