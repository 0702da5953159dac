/** Tests misbehaving plugins: each causes an error of one sentence in bounded time, without side effects. */
import { chmodSync, closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EnvironmentError } from "../../core/errors.ts";
import { localShell } from "../../core/local.ts";
import type { Shell } from "../../core/shell.ts";
import { CniError } from "../../cni/plugin-errors.ts";
import type { RuntimeOptions } from "../../cni/runtime.ts";
import { FakePlugins, RESULT, attachment, failing, network, printing, rejection } from "./fake-plugins.ts";

async function addFails(script: string, options: Partial<RuntimeOptions> = {}): Promise<CniError> {
  const fakes = new FakePlugins().plugin("x", { ADD: script });
  const error = await rejection(fakes.runtime(options).add(network([{ type: "x" }]), attachment()));
  expect(fakes.order()).toContain("x DEL");
  expect(error).toBeInstanceOf(CniError);
  expect(error.message.length).toBeLessThan(1000);
  expect(error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  return error as CniError;
}

describe("rt.exec.error", () => {
  test("reports code, msg and details of the error object", async () => {
    const error = await addFails(
      `${printing({ cniVersion: "1.1.0", code: 7, msg: "bad", details: "why", extra: 1 })}exit 1`,
    );
    expect(error).toMatchObject({
      code: 7,
      msg: "bad",
      details: "why",
      raw: { extra: 1 },
      message: "plugin x failed ADD with code 7: bad; why",
    });
    expect(error.invocation).toMatchObject({ plugin: "x", command: "ADD", output: { exitCode: 1 } });
  });

  test("reports the output without an error object, or the exit code without output", async () => {
    expect((await addFails("echo 'no such bridge' >&2; exit 3")).message).toMatch(
      /^plugin x failed ADD: exit code 3 without an error object: no such bridge$/,
    );
    expect((await addFails("exit 3")).message).toMatch(/failed ADD: .*failed with exit code 3$/);
    expect((await addFails("echo text; exit 3")).message).toMatch(/: text$/);
  });

  test("rejects a result with an exit code other than 0, and an error object with exit code 0", async () => {
    expect((await addFails(`${printing(RESULT)}exit 1`)).message).toContain("exit code 1 without an error object");
    expect(await addFails(printing({ code: 11, msg: "later" }))).toMatchObject({
      code: 11,
      tryAgainLater: true,
      message: expect.stringContaining("exit code 0 with an error object: later") as string,
    });
  });

  test("rt.exec.code11, rt.exec.code3: returns the code to the caller and runs DEL", async () => {
    expect(await addFails(failing(11, "busy"))).toMatchObject({ code: 11, tryAgainLater: true });
    expect(await addFails(failing(3, "unknown"))).toMatchObject({ code: 3, tryAgainLater: false });
  });

  test("ignores a code that is not an integer", async () => {
    expect(await addFails(`echo '{"code":"7","msg":"m"}'; exit 1`)).toMatchObject({ code: null, msg: "m" });
  });
});

describe("rt.exec.result: invalid results", () => {
  test.each([
    ["nothing", ":", "no result on standard output"],
    ["null", "echo null", "must be an object, not null"],
    ["a list", "echo '[]'", "must be an object, not a list"],
    ["HTML", "echo '<html><body>502</body></html>'", "invalid JSON"],
    ["two objects", "echo '{}{}'", "Expected end of input"],
    ["log lines", "echo starting; echo '{}'", "invalid JSON"],
    ["deep JSON", "printf '%100000s' | tr ' ' '['", "nested more than 64 levels deep"],
    ["a key twice", `echo '{"ips":[],"ips":[{}]}'`, "Duplicate key 'ips'"],
    ["a wrong type", `echo '{"ips":7}'`, "invalid result: ips must be a list, not a number"],
    ["terminal escapes", `printf '\\033]0;owned\\007\\033[31m'; exit 1`, "without an error object"],
    ["escapes in an error", `printf '{"code":100,"msg":"\\\\u001b[2Jgone\\\\u202e"}'; exit 1`, "with code 100"],
    ["binary data", "head -c 2000 /dev/urandom", "invalid JSON"],
  ])("rejects %s", async (_output, script, message) => {
    expect((await addFails(script)).message).toContain(message);
  });

  test("accepts a result without cniVersion with a warning", async () => {
    const fakes = new FakePlugins().plugin("x", { ADD: printing({ ips: [] }) });
    const { warnings } = await fakes.runtime().add(network([{ type: "x" }]), attachment());
    expect(warnings).toEqual([
      { code: "result-version", message: expect.stringMatching(/plugin x; assuming 1\.1\.0$/) as string },
    ]);
  });
});

describe("rt.exec.io, rt.exec.timeout", () => {
  test("limits standard output", async () => {
    expect((await addFails("head -c 100000000 /dev/zero")).message).toMatch(/exceeded the output limit/);
  });

  test("limits standard error", async () => {
    expect((await addFails("head -c 100000000 /dev/zero >&2")).message).toMatch(/exceeded the output limit/);
  });

  test("kills a hanging plugin after the timeout", async () => {
    const error = await addFails("sleep 60", { timeout: 0.3 });
    expect(error.message).toMatch(/timed out and was killed/);
    expect(error.invocation.output.duration).toBeLessThan(5);
  });

  test("reports a plugin that kills its own process group", async () => {
    expect((await addFails("kill -9 0")).message).toMatch(/was killed by SIGKILL/);
  });

  test("does not wait for a daemon that holds the pipes open", async () => {
    const fakes = new FakePlugins().plugin("x", { ADD: `sleep 5 & ${printing(RESULT)}` });
    const { invocations } = await fakes.runtime().add(network([{ type: "x" }]), attachment());
    expect(invocations[0]?.output.duration).toBeLessThan(3);
  });

  test("rt.exec.stdin: supports a plugin that does not read a large request", async () => {
    const fakes = new FakePlugins().plugin("x");
    const shell = localShell();
    const runtime = fakes.runtime({
      shell: {
        ...shell,
        exec: (argv, options) => shell.exec(argv[0] === "sh" ? argv : ["/bin/echo", JSON.stringify(RESULT)], options),
      },
    });
    const { raw } = await runtime.add(network([{ type: "x", big: "y".repeat(1 << 20) }]), attachment());
    expect(raw).toEqual(RESULT);
  });

  test("rt.exec.stdin: transfers a large request completely", async () => {
    const fakes = new FakePlugins().plugin("x");
    await fakes.runtime().add(network([{ type: "x", big: "y".repeat(1 << 20) }]), attachment());
    expect(fakes.received()[0]?.request.big).toHaveLength(1 << 20);
  });

  test("keeps standard error of a successful plugin in the invocation", async () => {
    const fakes = new FakePlugins().plugin("x", { ADD: `echo careful >&2; ${printing(RESULT)}` });
    const { invocations } = await fakes.runtime().add(network([{ type: "x" }]), attachment());
    expect(invocations[0]?.output.stderr).toBe("careful\n");
  });

  test("runs DEL after an interrupted ADD, although the signal is still aborted", async () => {
    const fakes = new FakePlugins().plugin("x", { ADD: "sleep 60" });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 200);
    const error = await rejection(fakes.runtime().add(network([{ type: "x" }]), attachment(), abort.signal));
    expect(error.message).toMatch(/was interrupted/);
    expect(fakes.order()).toEqual(["x ADD", "x DEL"]);
  });
});

describe("rt.exec.busy, rt.exec.find", () => {
  test("retries a plugin that is being written", async () => {
    const fakes = new FakePlugins().plugin("x");
    const fd = openSync(join(fakes.dir, "x"), "a");
    setTimeout(() => closeSync(fd), 300);
    const shell = localShell();
    const startErrors: (string | null)[] = [];
    const recordingShell: Shell = {
      ...shell,
      exec: async (argv, options) => {
        const output = await shell.exec(argv, options);
        if (output.startError !== null) startErrors.push(output.startError);
        return output;
      },
    };
    await fakes.runtime({ shell: recordingShell }).add(network([{ type: "x" }]), attachment());
    expect(startErrors).toEqual([expect.stringContaining("ETXTBSY")]);
    expect(fakes.order()).toEqual(["x ADD"]);
  });

  test("reports a plugin that is not executable as a failed ADD", async () => {
    const fakes = new FakePlugins().plugin("x");
    chmodSync(join(fakes.dir, "x"), 0o644);
    const error = await rejection(fakes.runtime().add(network([{ type: "x" }]), attachment()));
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toMatch(/could not start: .*EACCES/);
  });
});
