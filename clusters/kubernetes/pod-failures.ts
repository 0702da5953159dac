/** Whether pods can still come to run, or wait for what no time brings. */
import { EnvironmentError, printable } from "../../core/errors.ts";
import { valueAt, stringAt } from "../../core/json.ts";

/** Reasons for waiting that no time heals. */
const UNRECOVERABLE_REASONS = new Set([
  "ImagePullBackOff",
  "ErrImageNeverPull",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
]);
/** A pull that failed once may have met a registry that restarts, but not when it says this. */
const PERMANENT_PULL_ERROR = /not found|denied|unauthorized|toomanyrequests|rate limit|no such host/i;
/** Characters of what Kubernetes says that a message holds. */
const MAX_MESSAGE_LENGTH = 300;

/**
 * @param fix what to do about an image that the nodes cannot have
 * @throws EnvironmentError when a container of the pod waits for what will not come: its image, or a setting.
 */
export function throwIfPodsCannotStart(pod: unknown, fix: string): void {
  for (const status of ["initContainerStatuses", "containerStatuses"].flatMap((key) => statusList(pod, key))) {
    const reason = stringAt(status, "state", "waiting", "reason") ?? "";
    const message = printable(stringAt(status, "state", "waiting", "message") ?? "");
    if (!UNRECOVERABLE_REASONS.has(reason) && !(reason === "ErrImagePull" && PERMANENT_PULL_ERROR.test(message)))
      continue;
    throw new EnvironmentError(
      `image ${printable(stringAt(status, "image") ?? "")} cannot be used (${reason}: ${message.slice(0, MAX_MESSAGE_LENGTH)}); ${fix}`,
    );
  }
}

function statusList(pod: unknown, key: string): readonly unknown[] {
  const list = valueAt(pod, "status", key);
  return Array.isArray(list) ? (list as unknown[]) : [];
}
