import { describe, expect, test } from "vitest";
import { poll, retry, waitOrElse, waitUntil, within, withTimeLimit } from "../../core/wait.ts";
import { fakeHost } from "../helpers/fake-host.ts";

/** Returns a check with the given results, one after the other; the last is repeated. */
function scripted<T>(...results: readonly T[]): (() => T) & { readonly calls: () => number } {
  let calls = 0;
  return Object.assign(() => results[Math.min(calls++, results.length - 1)] as T, { calls: () => calls });
}

describe("poll", () => {
  test("returns the first value that is neither null nor false", async () => {
    const { clock } = fakeHost();
    expect(await poll(scripted<string | null | false>(null, false, "here"), { timeout: 10, every: 2, clock })).toBe(
      "here",
    );
    expect(clock.now()).toBe(4);
  });

  test("undefined does not meet the condition", async () => {
    expect(await poll(scripted(undefined, 7), { timeout: 10, clock: fakeHost().clock })).toBe(7);
    expect(await poll(scripted(undefined), { timeout: 1, clock: fakeHost().clock })).toBeNull();
    await expect(waitUntil("x", scripted(undefined), { timeout: 1, clock: fakeHost().clock })).rejects.toThrow(
      "x within",
    );
  });

  test("a value such as 0 or an empty string is a result", async () => {
    expect(await poll(scripted(0), { timeout: 1, clock: fakeHost().clock })).toBe(0);
    expect(await poll(scripted(""), { timeout: 1, clock: fakeHost().clock })).toBe("");
  });

  test("returns null after the timeout, and checks once even with none left", async () => {
    const check = scripted(null);
    expect(await poll(check, { timeout: 1, every: 0.5, clock: fakeHost().clock })).toBeNull();
    expect(check.calls()).toBe(4); // at 0, 0.5, 1 and 1.5 s
    expect(await poll(scripted("now"), { timeout: 0, clock: fakeHost().clock })).toBe("now");
  });

  test("consecutive checks must agree: a failed one restarts the count", async () => {
    const check = scripted(true, true, false, true);
    expect(await poll(check, { timeout: 10, inARow: 3, clock: fakeHost().clock })).toBe(true);
    expect(check.calls()).toBe(6);
  });

  test("a condition that is met at the deadline is checked to the end", async () => {
    expect(await poll(scripted(false, true), { timeout: 1, every: 1, inARow: 4, clock: fakeHost().clock })).toBe(true);
    expect(
      await poll(scripted(false, true, false), { timeout: 1, every: 1, inARow: 2, clock: fakeHost().clock }),
    ).toBeNull();
  });

  test("an aborted wait ends with the reason of the signal, before the next check", async () => {
    const abort = new AbortController();
    const reason = new Error("interrupted");
    const check = scripted(null);
    const waiting = poll(() => (abort.abort(reason), check()), { timeout: 10, signal: abort.signal });
    await expect(waiting).rejects.toBe(reason);
    await expect(poll(check, { timeout: 10, signal: abort.signal })).rejects.toBe(reason);
    expect(check.calls()).toBe(1);
  });
});

describe("waitUntil", () => {
  const options = { timeout: 3, every: 1 };

  test("fails with the limit and the explanation", async () => {
    const waiting = waitUntil("no node became ready", scripted(null), {
      ...options,
      clock: fakeHost().clock,
      explain: () => Promise.resolve("node1: disk full"),
    });
    await expect(waiting).rejects.toThrow(/^no node became ready within 3 s:\nnode1: disk full$/);
  });

  test("an explanation that fails or is empty does not hide the timeout", async () => {
    const explanations = [undefined, () => "", () => Promise.reject(new Error("gone"))];
    for (const explain of explanations)
      await expect(
        waitUntil("nothing came", scripted(null), { ...options, clock: fakeHost().clock, explain }),
      ).rejects.toThrow(/^nothing came within 3 s$/);
  });

  test("an error of the check ends the wait", async () => {
    const check = (): never => {
      throw new Error("the image does not exist");
    };
    await expect(waitUntil("no pod started", check, options)).rejects.toThrow("the image does not exist");
  });
});

describe("retry", () => {
  const isBusy = (result: string): boolean => result === "busy";

  test("repeats the action with a pause until its result is final", async () => {
    const { clock } = fakeHost();
    const action = scripted("busy", "busy", "done");
    expect(await retry(action, isBusy, { attempts: 5, every: 2, clock })).toBe("done");
    expect([action.calls(), clock.now()]).toEqual([3, 4]);
  });

  test("returns the last result when no attempt is left, without another pause", async () => {
    const { clock } = fakeHost();
    const action = scripted("busy");
    expect(await retry(action, isBusy, { attempts: 3, every: 2, clock })).toBe("busy");
    expect([action.calls(), clock.now()]).toEqual([3, 4]);
  });

  test("an abort during the action returns its result; one during the pause is thrown", async () => {
    const [during, reason] = [new AbortController(), new Error("interrupted")];
    const action = scripted("busy");
    const options = { attempts: 3, every: 60 };
    const aborting = (): string => (during.abort(reason), action());
    expect(await retry(aborting, isBusy, { ...options, signal: during.signal })).toBe("busy");
    expect(action.calls()).toBe(1);
    const pausing = new AbortController();
    const waiting = retry(action, (result) => (queueMicrotask(() => pausing.abort(reason)), isBusy(result)), {
      ...options,
      signal: pausing.signal,
    });
    await expect(waiting).rejects.toBe(reason);
    expect(action.calls()).toBe(2);
  });
});

describe("within", () => {
  const never = new Promise<never>(() => undefined);
  const explain = (): string => "node1 did not boot";

  test("returns the value or throws the error of the promise", async () => {
    expect(await within(60, Promise.resolve(1), explain)).toBe(1);
    await expect(within(60, Promise.reject(new Error("gone")), explain)).rejects.toThrow("gone");
  });

  test("fails after the timeout", async () => {
    await expect(within(0.01, never, explain)).rejects.toThrow("node1 did not boot");
  });

  test("throws the reason of an aborted signal", async () => {
    const reason = new Error("interrupted");
    await expect(within(60, never, explain, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("waitOrElse", () => {
  test("calls the function only after the timeout, and returns what the promise then gives", async () => {
    const calls: string[] = [];
    expect(await waitOrElse(Promise.resolve("ended"), 0, () => calls.push("killed"))).toBe("ended");
    let kill = (): void => undefined;
    const killed = new Promise<string>((resolve) => (kill = () => resolve("killed")));
    expect(await waitOrElse(killed, 0.01, kill)).toBe("killed");
    expect(calls).toEqual([]);
  });
});

describe("withTimeLimit", () => {
  const reason = new Error("too late");
  const aborted = (signal: AbortSignal): Promise<unknown> =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)));

  test("aborts the work after the time, and with the signal of the caller", async () => {
    const never = new AbortController();
    expect(await withTimeLimit(never.signal, { seconds: 0.001, reason }, aborted)).toBe(reason);
    const interrupted = new AbortController();
    const work = withTimeLimit(interrupted.signal, { seconds: 60, reason }, aborted);
    interrupted.abort("interrupted");
    expect(await work).toBe("interrupted");
  });

  test("does not abort work that ends in time", async () => {
    const { signal } = new AbortController();
    expect(await withTimeLimit(signal, { seconds: 60, reason }, async (inner) => inner.aborted)).toBe(false);
  });
});
