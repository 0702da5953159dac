/** What every shell promises, held against each implementation: this host's, and a node agent's. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Agent } from "../../core/agent/agent.ts";
import { CommandError } from "../../core/errors.ts";
import { localShell, startStreaming, type StreamingProcess } from "../../core/local.ts";
import { packageRoot } from "../../core/paths.ts";
import { run, succeeded, type Shell } from "../../core/shell.ts";
import { wrapShell } from "../../core/wrap.ts";

const ENV = { PATH: process.env.PATH ?? "", LC_ALL: "C" };
let stream: StreamingProcess;
let agent: Agent;

beforeAll(() => {
  stream = startStreaming(["perl", join(packageRoot(), "core/agent/agent.pl")], ENV);
  agent = new Agent("agent", ENV, stream);
});
afterAll(() => stream.closeStdin());

const SHELLS: Readonly<Record<string, () => Shell>> = {
  local: () => localShell(),
  agent: () => agent,
  wrapped: () => wrapShell(agent, "wrapped", ["env", "--"]),
};

describe.each(Object.keys(SHELLS))("%s", (name) => {
  const shell = (): Shell => SHELLS[name]!();

  test("output, exit code and duration of a command", async () => {
    const output = await shell().exec(["sh", "-c", "echo out; echo err >&2; sleep 0.1; exit 3"]);
    expect(output).toMatchObject({
      stdout: "out\n",
      stderr: "err\n",
      exitCode: 3,
      signal: null,
      ended: null,
      startError: null,
    });
    expect(output.argv[0]).toBe("sh");
    expect(output.duration).toBeGreaterThanOrEqual(0.1);
    expect(succeeded(output)).toBe(false);
  });

  test("arguments arrive as they are, and nothing is parsed by a shell", async () => {
    const words = ["", " ", "a b", "$HOME", "*", "'\"", "\n", "ü\u{1f600}"];
    expect(await run(shell(), ["printf", "%s|", ...words])).toBe(`${words.join("|")}|`);
  });

  test("a megabyte of input and output", async () => {
    const text = "0123456789abcdef".repeat(65536);
    expect(await run(shell(), ["cat"], { stdin: text })).toBe(text);
  });

  test("input that nobody reads does no harm", async () => {
    expect((await shell().exec(["true"], { stdin: "x".repeat(1_000_000) })).exitCode).toBe(0);
  });

  test("variables are added and removed", async () => {
    const env = { CNIBENCH_A: "a=b", LC_ALL: undefined };
    expect(await run(shell(), ["sh", "-c", 'echo "$CNIBENCH_A,${LC_ALL-unset}"'], { env })).toBe("a=b,unset\n");
  });

  test("a program that does not exist", async () => {
    const output = await shell().exec(["/nonexistent/program"]);
    // Inside a wrapper it is the wrapper that says so.
    if (name === "wrapped") expect(output.exitCode).toBe(127);
    else
      expect(output).toMatchObject({
        exitCode: null,
        startError: expect.stringMatching(/ENOENT|No such file/) as string,
      });
    expect(succeeded(output)).toBe(false);
  });

  test("the time limit ends everything that the command started", async () => {
    const start = performance.now();
    const output = await shell().exec(["sh", "-c", "sleep 100 & sleep 100"], { timeout: 0.3 });
    expect(output.ended).toBe("timeout");
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test("an abort ends it, also one that came before", async () => {
    const controller = new AbortController();
    const running = shell().exec(["sleep", "100"], { signal: controller.signal });
    controller.abort();
    expect((await running).ended).toBe("abort");
    expect((await shell().exec(["sleep", "100"], { signal: controller.signal })).ended).toBe("abort");
  });

  test("endless output is cut off at the limit, and ended", async () => {
    const output = await shell().exec(["yes"], { maxBytes: 100_000 });
    expect(output.ended).toBe("output-limit");
    expect(output.stdout).toHaveLength(100_000);
  });

  test("a background process that holds the pipes does not hold the caller", async () => {
    const start = performance.now();
    const output = await shell().exec(["sh", "-c", "setsid sleep 3 & echo done"]);
    expect(output).toMatchObject({ stdout: "done\n", exitCode: 0 });
    expect(performance.now() - start).toBeLessThan(2500);
  });

  test("a command that kills its own process group is told as ended by the signal", async () => {
    expect(await shell().exec(["sh", "-c", "kill -9 0"])).toMatchObject({ exitCode: null, signal: "SIGKILL" });
  });

  test("a started process waits for its input to close, and can be ended", async () => {
    const reader = shell().start(["cat"]);
    reader.closeStdin();
    expect((await reader.done).exitCode).toBe(0);
    const sleeper = shell().start(["sleep", "100"]);
    await run(shell(), ["true"]);
    sleeper.kill();
    expect((await sleeper.done).signal).toBe("SIGTERM");
  });

  test("many commands at once", async () => {
    const outputs = await Promise.all(
      Array.from({ length: 50 }, (_, i) => run(shell(), ["sh", "-c", `sleep 0.01; echo ${i}`])),
    );
    expect(outputs).toEqual(outputs.map((_, i) => `${i}\n`));
  });

  test("run throws what can be pasted, where it ran and the last words", async () => {
    const failing = run(shell(), ["sh", "-c", "echo 'it broke' >&2; exit 2"]);
    await expect(failing).rejects.toThrow(CommandError);
    await expect(failing).rejects.toThrow(/^sh -c 'echo .* \(on .*\) failed with exit code 2: it broke$/);
  });
});

describe("an agent that ends", () => {
  test("fails what runs and what comes after, and ends its commands", async () => {
    const own = startStreaming(["perl", join(packageRoot(), "core/agent/agent.pl")], ENV);
    const mortal = new Agent("mortal", ENV, own);
    await mortal.hello;
    const marker = `${30_000 + Math.floor(Math.random() * 9999)}`;
    const running = mortal.exec(["sleep", marker]);
    await mortal.exec(["true"]);
    own.closeStdin();
    expect((await running).startError).toMatch(/^the agent of mortal has ended/);
    expect((await mortal.exec(["true"])).startError).toMatch(/^the agent of mortal has ended/);
    const left = await localShell().exec(["pgrep", "-x", "-f", `sleep ${marker}`]);
    expect(left.stdout).toBe("");
  });

  test("that never was says why", async () => {
    const never = new Agent("never", ENV, startStreaming(["sh", "-c", "echo 'no perl here' >&2; exit 1"], ENV));
    await expect(never.hello).rejects.toThrow("the agent of never has ended: no perl here");
  });

  test("what does not speak the protocol is not believed", async () => {
    const strange = new Agent(
      "strange",
      ENV,
      startStreaming(["sh", "-c", "echo 'hello, I am a login banner'; sleep 1"], ENV),
    );
    await expect(strange.hello).rejects.toThrow("the agent of strange has ended: what it says is no frame");
  });
});

test("a command on a node that is lost without a word ends with its limit, or when it is killed", async () => {
  vi.useFakeTimers();
  try {
    const lost = new Agent("lost", ENV, {
      write: () => undefined,
      onData: () => undefined,
      onEnd: () => undefined,
      explainSilence: () => "its console said last: Oops",
    });
    const server = lost.start(["server"]);
    server.kill("SIGKILL");
    const ends = Promise.all([lost.exec(["client"], { timeout: 5 }), server.done]);
    await vi.advanceTimersByTimeAsync(16_000);
    const startError = "the agent of lost does not answer; its console said last: Oops";
    expect(await ends).toMatchObject([
      { ended: "timeout", startError },
      { ended: null, startError },
    ]);
  } finally {
    vi.useRealTimers();
  }
});
