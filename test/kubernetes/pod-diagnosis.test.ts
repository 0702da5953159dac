import { expect, test } from "vitest";
import { throwIfPodsCannotStart } from "../../kubernetes/pod-diagnosis.ts";
import { readPod } from "../../kubernetes/read.ts";

const waiting = (reason: string, message = "", key = "containerStatuses"): object => ({
  status: { [key]: [{ image: "acme/agent:v1", state: { waiting: { reason, message } } }] },
});
const check = (pod: object) => (): void => throwIfPodsCannotStart([readPod(pod)], "use a mirror");

test("a container that is being created, runs, or had a temporary pull error may still start", () => {
  expect(check(waiting("ContainerCreating"))).not.toThrow();
  expect(check({ status: { containerStatuses: [{ image: "a", state: { running: {} } }] } })).not.toThrow();
  expect(check(waiting("ErrImagePull", "connection reset by peer"))).not.toThrow();
  expect(check({})).not.toThrow();
});

test.each([
  [
    "an image that does not exist",
    waiting("ErrImagePull", "manifest unknown: not found"),
    /image acme\/agent:v1 \(ErrImagePull: manifest unknown: not found\); use a mirror$/,
  ],
  ["a registry with a rate limit", waiting("ErrImagePull", "toomanyrequests: slow down"), /toomanyrequests/],
  [
    "an init container whose pulls keep failing",
    waiting("ImagePullBackOff", "Back-off pulling image", "initContainerStatuses"),
    /image acme\/agent:v1 \(ImagePullBackOff/,
  ],
  ["a message with control characters", waiting("InvalidImageName", "\u001b[2J"), /\(InvalidImageName: \ufffd\[2J\)/],
])("%s is reported with the fix", (_, pod, message) => {
  expect(check(pod)).toThrow(message);
});
