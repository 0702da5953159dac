/** Plugins that misbehave: each gives one sentence, in bounded time, and harms nothing. */
import { chmodSync, closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EnvironmentError } from "../../core/errors.ts";
import { localShell } from "../../core/local.ts";
import type { Shell } from "../../core/shell.ts";
import { CniError } from "../../cni/errors.ts";
import type { RuntimeOptions } from "../../cni/runtime.ts";
import { FakePlugins, RESULT, attachment, failing, network, printing, rejection } from "./fake-plugins.ts";

async function addFails(script: string, options: Partial<RuntimeOptions> = {}): Promise<CniError> {
  const doubles = new FakePlugins().plugin("x", { ADD: script });
  const error = await rejection(doubles.runtime(options).add(network([{ type: "x" }]), attachment()));
  expect(doubles.order()).toContain("x DEL");
  expect(error).toBeInstanceOf(CniError);
  expect(error.message.length).toBeLessThan(1000);
  expect(error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  return error as CniError;
}

describe("rt.exec.error", () => {
  test("the error object: code, msg and details", async () => {
    const error = await addFails(
      `${printing({ cniVersion: "1.1.0", code: 7, msg: "bad", details: "why", extra: 1 })}exit 1`,
    );
    expect(error).toMatchObject({
      code: 7,
      msg: "bad",
      details: "why",
      raw: { extra: 1 },
      message: `plugin x failed ADD with code 7: bad; why`,
    });
    expect(error.invocation).toMatchObject({ plugin: "x", command: "ADD", output: { exitCode: 1 } });
  });

  test("else standard error, else the exit code", async () => {
    expect((await addFails("echo 'no such bridge' >&2; exit 3")).message).toBe(
      "plugin x failed ADD: exit code 3, and no error object but: no such bridge",
    );
    expect((await addFails("exit 3")).message).toMatch(/failed ADD: .*failed with exit code 3$/);
    expect((await addFails("echo text; exit 3")).message).toContain("but: text");
  });

  test("a result that comes with a failure is no success; an error object with exit code 0 is no result", async () => {
    expect((await addFails(`${printing(RESULT)}exit 1`)).message).toContain("exit code 1, and no error object");
    expect(await addFails(printing({ code: 11, msg: "later" }))).toMatchObject({
      code: 11,
      tryAgainLater: true,
      message: expect.stringContaining("exit code 0 with an error object: later") as string,
    });
  });

  test("rt.exec.code11, rt.exec.code3: the code reaches the caller, and the DEL is made all the same", async () => {
    expect(await addFails(failing(11, "busy"))).toMatchObject({ code: 11, tryAgainLater: true });
    expect(await addFails(failing(3, "unknown"))).toMatchObject({ code: 3, tryAgainLater: false });
  });

  test("a code that is no whole number is no code", async () => {
    expect(await addFails(`echo '{"code":"7","msg":"m"}'; exit 1`)).toMatchObject({ code: null, msg: "m" });
  });
});

describe("rt.exec.result: what is no result", () => {
  test.each([
    ["nothing", ":", "nothing on standard output"],
    ["null", "echo null", "its answer must be an object, not null"],
    ["a list", "echo '[]'", "its answer must be an object, not a list"],
    ["HTML", "echo '<html><body>502</body></html>'", "its answer is no JSON"],
    ["two objects", "echo '{}{}'", "Expected end of input"],
    ["log lines", "echo starting; echo '{}'", "its answer is no JSON"],
    ["deep JSON", "printf '%100000s' | tr ' ' '['", "nested more than 64 levels deep"],
    ["a key twice", `echo '{"ips":[],"ips":[{}]}'`, "Duplicate key 'ips'"],
    ["a wrong type", `echo '{"ips":7}'`, "its result cannot be used: ips must be a list, not a number"],
    ["terminal escapes", `printf '\\033]0;owned\\007\\033[31m'; exit 1`, "no error object but"],
    ["escapes in an error", `printf '{"code":100,"msg":"\\\\u001b[2Jgone\\\\u202e"}'; exit 1`, "with code 100"],
    ["binary", "head -c 2000 /dev/urandom", "its answer is no JSON"],
  ])("%s", async (_what, script, message) => {
    expect((await addFails(script)).message).toContain(message);
  });

  test("a result without cniVersion is taken, with a warning", async () => {
    const doubles = new FakePlugins().plugin("x", { ADD: printing({ ips: [] }) });
    const { warnings } = await doubles.runtime().add(network([{ type: "x" }]), attachment());
    expect(warnings).toEqual([
      { code: "result-version", message: "the result of plugin x names no cniVersion; 1.1.0 is assumed" },
    ]);
  });
});

describe("rt.exec.io, rt.exec.timeout", () => {
  test("100 MB on standard output", async () => {
    expect((await addFails("head -c 100000000 /dev/zero")).message).toMatch(/exceeded the output limit/);
  });

  test("100 MB on standard error", async () => {
    expect((await addFails("head -c 100000000 /dev/zero >&2")).message).toMatch(/exceeded the output limit/);
  });

  test("hanging", async () => {
    const error = await addFails("sleep 60", { timeout: 0.3 });
    expect(error.message).toMatch(/timed out and was killed/);
    expect(error.invocation.output.duration).toBeLessThan(5);
  });

  test("killing its own process group", async () => {
    expect((await addFails("kill -9 0")).message).toMatch(/was killed by SIGKILL/);
  });

  test("a daemon that holds the pipes delays nothing", async () => {
    const doubles = new FakePlugins().plugin("x", { ADD: `sleep 5 & ${printing(RESULT)}` });
    const { invocations } = await doubles.runtime().add(network([{ type: "x" }]), attachment());
    expect(invocations[0]?.output.duration).toBeLessThan(3);
  });

  test("rt.exec.stdin: a plugin that reads nothing of a large request", async () => {
    const doubles = new FakePlugins().plugin("x");
    const shell = localShell();
    const runtime = doubles.runtime({
      shell: {
        ...shell,
        exec: (argv, options) => shell.exec(argv[0] === "sh" ? argv : ["/bin/echo", JSON.stringify(RESULT)], options),
      },
    });
    const { raw } = await runtime.add(network([{ type: "x", big: "y".repeat(1 << 20) }]), attachment());
    expect(raw).toEqual(RESULT);
  });

  test("rt.exec.stdin: a large request arrives whole", async () => {
    const doubles = new FakePlugins().plugin("x");
    await doubles.runtime().add(network([{ type: "x", big: "y".repeat(1 << 20) }]), attachment());
    expect(doubles.received()[0]?.request.big).toHaveLength(1 << 20);
  });

  test("standard error of a success is kept with the invocation", async () => {
    const doubles = new FakePlugins().plugin("x", { ADD: `echo careful >&2; ${printing(RESULT)}` });
    const { invocations } = await doubles.runtime().add(network([{ type: "x" }]), attachment());
    expect(invocations[0]?.output.stderr).toBe("careful\n");
  });

  test("an interrupted ADD is deleted again, although the signal stays", async () => {
    const doubles = new FakePlugins().plugin("x", { ADD: "sleep 60" });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 200);
    const error = await rejection(doubles.runtime().add(network([{ type: "x" }]), attachment(), abort.signal));
    expect(error.message).toMatch(/was interrupted/);
    expect(doubles.order()).toEqual(["x ADD", "x DEL"]);
  });
});

describe("rt.exec.busy, rt.exec.find", () => {
  test("a plugin that is being written to is tried again", async () => {
    const doubles = new FakePlugins().plugin("x");
    const fd = openSync(join(doubles.dir, "x"), "a");
    setTimeout(() => closeSync(fd), 300);
    const shell = localShell();
    const refused: (string | null)[] = [];
    const watching: Shell = {
      ...shell,
      exec: async (argv, options) => {
        const output = await shell.exec(argv, options);
        if (output.startError !== null) refused.push(output.startError);
        return output;
      },
    };
    await doubles.runtime({ shell: watching }).add(network([{ type: "x" }]), attachment());
    expect(refused).toEqual([expect.stringContaining("ETXTBSY")]);
    expect(doubles.order()).toEqual(["x ADD"]);
  });

  test("a file that cannot be run is a failed ADD", async () => {
    const doubles = new FakePlugins().plugin("x");
    chmodSync(join(doubles.dir, "x"), 0o644);
    const error = await rejection(doubles.runtime().add(network([{ type: "x" }]), attachment()));
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toMatch(/could not start: .*EACCES/);
  });
});
