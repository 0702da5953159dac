import { expect, test } from "vitest";
import type { Endpoint } from "../../../core/model.ts";
import type { Output, Process } from "../../../core/shell.ts";
import { linkWarnings, loadStart, runClient, withServer } from "../../../runners/support/run-load.ts";
import { iperf3Tool } from "../../../runners/iperf3/tool.ts";
import { fakeShell, outputOf, type FakeShell } from "../../helpers/fake-host.ts";

/** A client that ran for 14 seconds around a load of 10. */
const CLIENT = { started: 100, ended: 114 };

test("a load at the end stops just before its client exits", () => {
  expect(loadStart("last", CLIENT, 10)).toBeCloseTo(103.995);
});

test("a load at the start begins just after its client started", () => {
  expect(loadStart("first", CLIENT, 10)).toBeCloseTo(100.005);
});

test("warns about a saturated link, with the percentage", () => {
  expect(linkWarnings(956e6, 1e9)).toEqual([
    { code: "link-limited", message: expect.stringMatching(/96 % .*1000 Mbit\/s/) as string },
  ]);
});

test("does not warn below 95 %, or on an unlimited link", () => {
  expect(linkWarnings(949e6, 1e9)).toEqual([]);
  expect(linkWarnings(5e10, null)).toEqual([]);
});

const RESET = "unable to receive control message: Connection reset by peer";
const REFUSED = "unable to connect to server: Connection refused";
const BUSY = "the server is busy running a test. try again later";

/** Runs a client whose attempts print these errors of iperf3; null: success. */
async function attempts(...errors: readonly (string | null)[]): Promise<string> {
  let attempt = 0;
  const reply = (): Partial<Output> => {
    const error = errors[Math.min(attempt++, errors.length - 1)] ?? null;
    return { stdout: JSON.stringify(error === null ? { intervals: [{}] } : { intervals: [], error }) };
  };
  const signal = new AbortController().signal;
  const shell = fakeShell({ iperf3: reply }, "client");
  const options = { timeout: 1, signal, keep: () => undefined };
  const output = await runClient(shell, iperf3Tool({ ip: "10.0.0.2" }), ["iperf3"], options);
  return output.stdout;
}

test("the error of a server that crashes comes before the refusals that follow", async () => {
  const first = `iperf3 on client failed: ${RESET}`;
  await expect(attempts(RESET, REFUSED)).rejects.toThrow(
    `${first}; the last attempt: iperf3 on client failed: ${REFUSED}`,
  );
});

test("a success after a busy server is no error, and the error of a single attempt is unchanged", async () => {
  expect(await attempts(BUSY, RESET, null)).toContain("[{}]");
  await expect(attempts(REFUSED)).rejects.toThrow(new Error(`iperf3 on client failed: ${REFUSED}`));
});

/** A pod whose server listens on port 30201 as soon as the socket tables have been read once, which hangs. */
function serverPod(): Endpoint & { readonly shell: FakeShell } {
  let readings = 0;
  const table = "   0: 00000000:75F9 00000000:0000 0A 00000000:00000000";
  const shell = fakeShell({
    cat: () => (++readings === 1 ? { exitCode: null, ended: "timeout" } : { stdout: table }),
    bash: {},
  });
  const start = (argv: readonly string[]): Process => {
    let kill = (): void => undefined;
    const done = new Promise<Output>((resolve) => (kill = () => resolve(outputOf(argv, { signal: "SIGTERM" }))));
    return argv[0] === "iperf3" ? { done, closeStdin: () => undefined, kill } : shell.start(argv);
  };
  const node = { name: "n1", index: 1, ip: "", ip6: null, podCidr: "", podCidr6: "", shell };
  return { name: "server", node, ip: "10.0.1.2", ifName: "eth0", mtu: 1500, shell: { ...shell, start } };
}

test("a reading of the socket tables that hangs is ended soon, and repeated", async () => {
  const pod = serverPod();
  const context = {
    ...{
      client: pod,
      server: pod,
      cpuAccounting: "machine" as const,
      awake: null,
      idle: null,
      daemons: [],
      linkRate: null,
      minWarmUp: 0,
      duration: 1,
      params: {},
    },
    ...{ signal: new AbortController().signal, keep: () => undefined },
  };
  const tool = { server: ["iperf3", "-s"], port: 30201, failure: () => null };
  expect(await withServer(context, tool, async () => "measured")).toBe("measured");
  const readings = pod.shell.calls.filter(({ argv }) => argv[0] === "cat");
  expect(readings.map(({ options }) => options.timeout)).toEqual([1, 1]);
});
