/** The attachment that a successful ADD created. */
import type { Invocation } from "../../cni/index.ts";
import type { AddCallOutcome, AddedAttachment, TestAttachment } from "./attachment.ts";
import { describeNoObject, parseObject } from "./call-output.ts";
import { PrintedResult, resultFault } from "./printed-result.ts";

/** The attachment after a successful ADD. @param call the ADD of the last plugin */
export function withResult<A extends TestAttachment>(attachment: A, call: Invocation): A {
  const raw = parseObject(call.output.stdout);
  const discarded = raw === null ? `ADD returns no result: ${describeNoObject(call)}` : resultFault(raw);
  return { ...attachment, raw, ...(discarded !== null && { discarded }) };
}

/** The attachment with its result. @param outcome of an ADD that succeeded */
export function addedBy({ raw, attached }: AddCallOutcome): AddedAttachment {
  return { ...attached, result: new PrintedResult(raw, attached.discarded ?? "") };
}
