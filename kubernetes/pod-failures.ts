/** Detects pods that will never start. */
import { EnvironmentError, printable } from "../core/errors.ts";
import { valueAt, stringAt } from "../core/json.ts";

/** Waiting reasons that do not resolve on their own. */
const UNRECOVERABLE_REASONS = new Set([
  "ImagePullBackOff",
  "ErrImageNeverPull",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
]);
/** Messages of pull errors that are permanent. Others may be caused by a registry that restarts. */
const PERMANENT_PULL_ERROR = /not found|denied|unauthorized|toomanyrequests|rate limit|no such host/i;
/** Maximum length of a quoted Kubernetes message. */
const MAX_MESSAGE_LENGTH = 300;

/**
 * Checks the containers of pods that are not running yet.
 * @param fix what to do about an image that is not available to the nodes
 * @throws EnvironmentError if a container waits for an image or a setting that will never be available
 */
export function throwIfPodsCannotStart(pods: readonly unknown[], fix: string): void {
  const keys = ["initContainerStatuses", "containerStatuses"];
  for (const status of pods.flatMap((pod) => keys.flatMap((key) => statusList(pod, key)))) {
    const reason = stringAt(status, "state", "waiting", "reason") ?? "";
    const message = printable(stringAt(status, "state", "waiting", "message") ?? "");
    if (!UNRECOVERABLE_REASONS.has(reason) && !(reason === "ErrImagePull" && PERMANENT_PULL_ERROR.test(message)))
      continue;
    const image = printable(stringAt(status, "image") ?? "");
    throw new EnvironmentError(
      `cannot use image ${image} (${reason}: ${message.slice(0, MAX_MESSAGE_LENGTH)}); ${fix}`,
    );
  }
}

function statusList(pod: unknown, key: string): readonly unknown[] {
  const list = valueAt(pod, "status", key);
  return Array.isArray(list) ? (list as unknown[]) : [];
}
