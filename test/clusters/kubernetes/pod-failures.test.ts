import { expect, test } from "vitest";
import { throwIfPodsCannotStart } from "../../../clusters/kubernetes/pod-failures.ts";

const waiting = (reason: string, message = "", key = "containerStatuses"): object => ({
  status: { [key]: [{ image: "acme/agent:v1", state: { waiting: { reason, message } } }] },
});
const hope = (pod: object) => (): void => throwIfPodsCannotStart(pod, "name a mirror");

test("a container that is made, runs, or meets a registry that restarts has hope", () => {
  expect(hope(waiting("ContainerCreating"))).not.toThrow();
  expect(hope({ status: { containerStatuses: [{ image: "a", state: { running: {} } }] } })).not.toThrow();
  expect(hope(waiting("ErrImagePull", "connection reset by peer"))).not.toThrow();
  expect(hope({})).not.toThrow();
});

test.each([
  [
    "an image that no registry has",
    waiting("ErrImagePull", "manifest unknown: not found"),
    "image acme/agent:v1 cannot be used (ErrImagePull: manifest unknown: not found); name a mirror",
  ],
  ["a registry that has served enough", waiting("ErrImagePull", "toomanyrequests: slow down"), "toomanyrequests"],
  [
    "pulls that went on failing, of a container that prepares",
    waiting("ImagePullBackOff", "Back-off pulling image", "initContainerStatuses"),
    "image acme/agent:v1 cannot be used (ImagePullBackOff",
  ],
  ["text that would steer a terminal", waiting("InvalidImageName", "\u001b[2J"), "(InvalidImageName: \ufffd[2J)"],
])("%s has none, and is told with the way out", (_, pod, said) => {
  expect(hope(pod)).toThrow(said);
});
