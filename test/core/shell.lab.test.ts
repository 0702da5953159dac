/** Tests the contract of Shell with each implementation: local, node agent, wrapped, in other namespaces. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Agent } from "../../core/agent/agent.ts";
import { createHost, localShell, startStreaming, type StreamingProcess } from "../../core/local.ts";
import { packageRoot } from "../../core/paths.ts";
import { run, succeeded, type Shell, CommandError, enterShell, wrapShell } from "../../core/shell.ts";

const ENV = { PATH: process.env.PATH ?? "", LC_ALL: "C" };
const AGENT = ["perl", join(packageRoot(), "core/agent/agent.pl")];
const UNSHARE = ["unshare", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];
/** Starts a process in namespaces of its own and prints its process ID. */
const HOLD_NAMESPACES = `unshare --net --mount --pid --fork sleep 1000 >/dev/null 2>&1 &
until pgrep -x sleep; do sleep 0.01; done`;
const MAX_MEMORY_BYTES = 2 ** 28;
const streams: StreamingProcess[] = [];
let agent: Agent;
let entered: Shell;

function startAgent(name: string, prefix: readonly string[] = []): Agent {
  const stream = startStreaming([...prefix, ...AGENT], ENV);
  streams.push(stream);
  return new Agent(name, ENV, stream);
}

beforeAll(async () => {
  agent = startAgent("agent");
  const privileged = startAgent("privileged", UNSHARE);
  const pid = (await run(privileged, ["sh", "-c", HOLD_NAMESPACES])).trim();
  const namespaces = ["pid", "net", "mnt"].map((type) => `/proc/${pid}/ns/${type}`);
  entered = enterShell(privileged, "entered", { namespaces, maxMemoryBytes: MAX_MEMORY_BYTES });
});
afterAll(() => streams.forEach((stream) => stream.closeStdin()));

const SHELLS: Readonly<Record<string, () => Shell>> = {
  local: () => localShell(),
  agent: () => agent,
  wrapped: () => wrapShell(agent, "wrapped", ["env", "--"]),
  entered: () => entered,
};

describe.each(Object.keys(SHELLS))("%s", (name) => {
  const shell = (): Shell => SHELLS[name]!();

  test("returns output, exit code and duration of a command", async () => {
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

  test("passes arguments unchanged, without shell parsing", async () => {
    const words = ["", " ", "a b", "$HOME", "*", "'\"", "\n", "ü\u{1f600}"];
    expect(await run(shell(), ["printf", "%s|", ...words])).toBe(`${words.join("|")}|`);
  });

  test("transfers a megabyte of input and output", async () => {
    const text = "0123456789abcdef".repeat(65536);
    expect(await run(shell(), ["cat"], { stdin: text })).toBe(text);
  });

  test("ignores input that the command does not read", async () => {
    expect((await shell().exec(["true"], { stdin: "x".repeat(1_000_000) })).exitCode).toBe(0);
  });

  test("adds and removes environment variables", async () => {
    const env = { CNIBENCH_A: "a=b", LC_ALL: undefined };
    expect(await run(shell(), ["sh", "-c", 'echo "$CNIBENCH_A,${LC_ALL-unset}"'], { env })).toBe("a=b,unset\n");
  });

  test("reports a command that does not exist", async () => {
    const output = await shell().exec(["/nonexistent/program"]);
    // In a wrapped shell the wrapper command fails instead.
    if (name === "wrapped") expect(output.exitCode).toBe(127);
    else
      expect(output).toMatchObject({
        exitCode: null,
        startError: expect.stringMatching(/ENOENT|No such file/) as string,
      });
    expect(succeeded(output)).toBe(false);
  });

  test("kills the command and everything it started on timeout", async () => {
    const start = performance.now();
    const output = await shell().exec(["sh", "-c", "sleep 100 & sleep 100"], { timeout: 0.3 });
    expect(output.ended).toBe("timeout");
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test("kills the command on abort, also if the signal was aborted before the start", async () => {
    const controller = new AbortController();
    const running = shell().exec(["sleep", "100"], { signal: controller.signal });
    controller.abort();
    expect((await running).ended).toBe("abort");
    expect((await shell().exec(["sleep", "100"], { signal: controller.signal })).ended).toBe("abort");
  });

  test("kills a command that exceeds the output limit", async () => {
    const output = await shell().exec(["yes"], { maxBytes: 100_000 });
    expect(output.ended).toBe("output-limit");
    expect(output.stdout).toHaveLength(100_000);
  });

  test("does not wait for a background process that holds the pipes open", async () => {
    const start = performance.now();
    const output = await shell().exec(["sh", "-c", "setsid sleep 3 & echo done"]);
    expect(output).toMatchObject({ stdout: "done\n", exitCode: 0 });
    expect(performance.now() - start).toBeLessThan(2500);
  });

  test("waits for a silent background process if the output is awaited", async () => {
    const argv = ["sh", "-c", "echo first; (exec setsid sh -c 'sleep 0.8; echo last') &"];
    expect((await shell().exec(argv)).stdout).toBe("first\n");
    expect((await shell().exec(argv, { awaitsOutput: true })).stdout).toBe("first\nlast\n");
  });

  test("reports the signal if a command kills its own process group", async () => {
    expect(await shell().exec(["sh", "-c", "kill -9 0"])).toMatchObject({ exitCode: null, signal: "SIGKILL" });
  });

  test("keeps stdin of a started process open until it is closed, and can kill the process", async () => {
    const reader = shell().start(["cat"]);
    reader.closeStdin();
    expect((await reader.done).exitCode).toBe(0);
    const sleeper = shell().start(["sleep", "100"]);
    await run(shell(), ["true"]);
    sleeper.kill();
    expect((await sleeper.done).signal).toBe("SIGTERM");
  });

  test("passes on output while the command runs", async () => {
    let arrived: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (arrived = resolve));
    const chunks: string[] = [];
    const process = shell().start(["sh", "-c", "echo ready; read -r _; echo done"], {
      onStdout: (chunk) => {
        chunks.push(new TextDecoder().decode(chunk));
        arrived();
      },
    });
    await first;
    expect(chunks).toEqual(["ready\n"]);
    process.closeStdin();
    expect((await process.done).stdout).toBe("ready\ndone\n");
    expect(chunks.join("")).toBe("ready\ndone\n");
  });

  test("runs many commands concurrently", async () => {
    const outputs = await Promise.all(
      Array.from({ length: 50 }, (_, i) => run(shell(), ["sh", "-c", `sleep 0.01; echo ${i}`])),
    );
    expect(outputs).toEqual(outputs.map((_, i) => `${i}\n`));
  });

  test("run throws an error with the command to paste, the shell and the last output", async () => {
    const failing = run(shell(), ["sh", "-c", "echo 'it broke' >&2; exit 2"]);
    await expect(failing).rejects.toThrow(CommandError);
    await expect(failing).rejects.toThrow(/^sh -c 'echo .* \(on .*\) failed with exit code 2: it broke$/);
  });
});

describe("a shell that enters namespaces", () => {
  test("runs the command in all of them, and limits its memory", async () => {
    expect(await run(entered, ["sh", "-c", "echo $PPID; ulimit -d"])).toBe(`0\n${MAX_MEMORY_BYTES / 1024}\n`);
    const other = "ip netns add x && ip -n x link add in-x type bridge";
    await run(entered, ["sh", "-c", `mount -t tmpfs t /run && mkdir /run/netns && ${other}`]);
    const container = enterShell(entered, "container", { namespaces: ["/run/netns/x"] });
    expect(await run(container, ["ip", "link", "show"])).toMatch(/in-x/);
    expect(await run(entered, ["ip", "link", "show"])).not.toMatch(/in-x/);
  });

  test("fails with the namespace that cannot be entered", async () => {
    const missing = enterShell(entered, "missing", { namespaces: ["/run/netns/missing"] });
    expect((await missing.exec(["true"])).startError).toBe(
      "cannot enter /run/netns/missing: No such file or directory",
    );
  });

  test("closes the input of a command although another one still runs", async () => {
    const reader = entered.start(["cat"]);
    const sleeper = entered.start(["sleep", "100"]);
    await run(entered, ["true"]);
    reader.closeStdin();
    expect((await reader.done).exitCode).toBe(0);
    sleeper.kill();
    await sleeper.done;
  });
});

describe("an agent that ends", () => {
  test("kills its commands, and fails running and later commands", async () => {
    const process = startStreaming(AGENT, ENV);
    const ending = new Agent("ending", ENV, process);
    await ending.hello;
    const marker = `${30_000 + Math.floor(Math.random() * 9999)}`;
    const running = ending.exec(["sleep", marker]);
    await ending.exec(["true"]);
    process.closeStdin();
    expect((await running).startError).toMatch(/^the agent of ending has ended/);
    expect((await ending.exec(["true"])).startError).toMatch(/^the agent of ending has ended/);
    const remaining = await localShell().exec(["pgrep", "-x", "-f", `sleep ${marker}`]);
    expect(remaining.stdout).toBe("");
  });

  test("reports the cause if it never started", async () => {
    const missing = new Agent("missing", ENV, startStreaming(["sh", "-c", "echo 'no perl' >&2; exit 1"], ENV));
    await expect(missing.hello).rejects.toThrow("the agent of missing has ended: no perl");
  });

  test("fails if its output does not follow the protocol", async () => {
    const other = new Agent("other", ENV, startStreaming(["sh", "-c", "echo 'this is a login banner'; sleep 1"], ENV));
    await expect(other.hello).rejects.toThrow("the agent of other has ended: invalid frame");
  });
});

test("a command on a silently lost node ends on timeout or when it is killed", async () => {
  vi.useFakeTimers();
  try {
    const lost = new Agent("lost", ENV, {
      write: () => undefined,
      onData: () => undefined,
      onEnd: () => undefined,
      explainSilence: () => "last console output: Oops",
    });
    const server = lost.start(["server"]);
    server.kill("SIGKILL");
    const ends = Promise.all([lost.exec(["client"], { timeout: 5 }), server.done]);
    await vi.advanceTimersByTimeAsync(16_000);
    const startError = "the agent of lost does not respond; last console output: Oops";
    expect(await ends).toMatchObject([
      { ended: "timeout", startError },
      { ended: null, startError },
    ]);
  } finally {
    vi.useRealTimers();
  }
});

test("commands of this host see the variables of the host, and changes of a single command", async () => {
  const { shell } = createHost({ PATH: ENV.PATH, FRUIT: "apple", TREE: "oak" });
  expect(await run(shell, ["printenv", "FRUIT"])).toBe("apple\n");
  expect(
    await run(shell, ["sh", "-c", 'echo "$FRUIT, ${TREE-none}"'], { env: { FRUIT: "pear", TREE: undefined } }),
  ).toBe("pear, none\n");
});

test("an agent reports processes that a command leaves", async () => {
  const scripts = ["true", "setsid sleep 3 &", "sleep 3 >/dev/null 2>&1 &"];
  const watched = enterShell(agent, "watched", { namespaces: [], watchesGroup: true });
  const outputs = await Promise.all(scripts.map((script) => watched.exec(["sh", "-c", script])));
  expect(outputs.map(({ leftover = null }) => leftover)).toEqual([null, "pipe", "process"]);
});

describe("a Perl program that an agent interprets", () => {
  const enter = { namespaces: [], interpret: true };
  const output = 'print "@ARGV $ENV{LC_ALL}\\n"; exit 3';

  test.each([
    output,
    'warn "to stderr\\n"; die "broken\\n"',
    "sub f { return 4 } exit f",
    "print readlink '/proc/self'",
  ])("does what it does in perl: %s", async (program) => {
    const argv = ["perl", "-e", program, "a", ""];
    const [own, started] = await Promise.all([entered.exec(argv, { enter }), entered.exec(argv)]);
    const pids = /^\d+$/;
    expect({ ...own, stdout: own.stdout.replace(pids, "PID"), duration: 0, cpu: 0 }).toEqual({
      ...started,
      stdout: started.stdout.replace(pids, "PID"),
      duration: 0,
      cpu: 0,
    });
  });

  test("is started by a command that wraps it", async () => {
    const wrapped = wrapShell(agent, "wrapped", ["env", "WORD=wrapped"]);
    const output = await wrapped.exec(["perl", "-e", 'print "$ENV{WORD} @ARGV"', "a"], { enter });
    expect(output.stdout).toBe("wrapped a");
  });

  test("is reported if it is invalid", async () => {
    expect((await agent.exec(["perl", "-e", "}"], { enter })).startError).toMatch(/^Unmatched right curly bracket/);
  });

  test("keeps no pipe of another command open", async () => {
    const reader = agent.start(["cat"]);
    const sleeper = agent.start(["perl", "-e", "sleep 100"], { enter });
    await run(agent, ["true"]);
    reader.closeStdin();
    expect((await reader.done).exitCode).toBe(0);
    sleeper.kill();
    expect((await sleeper.done).signal).toBe("SIGTERM");
  });
});

test("an agent reports the CPU time of a command and of the processes that it waited for", async () => {
  const busy = "perl -e 'do { 1 for 1 .. 1e5 } while times < 0.2'; true";
  const outputs = await Promise.all(
    [agent, entered].flatMap((shell) => [shell.exec(["sh", "-c", busy]), shell.exec(["sleep", "0.3"])]),
  );
  const [first = 0, idle = 1, second = 0, other = 1] = outputs.map(({ cpu }) => cpu);
  for (const cpu of [first, second]) expect(cpu).toBeGreaterThanOrEqual(0.18);
  for (const cpu of [idle, other]) expect(cpu).toBeLessThan(0.1);
});

test("a command can be killed before it has started", async () => {
  const commands = Array.from({ length: 20 }, () => entered.start(["sleep", "100"]));
  for (const command of commands) command.kill("SIGKILL");
  const outputs = await Promise.all(commands.map(({ done }) => done));
  expect(outputs.map(({ signal }) => signal)).toEqual(commands.map(() => "SIGKILL"));
});
