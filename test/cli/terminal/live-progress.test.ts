/** What remains on a terminal during and after a run. */
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { liveProgress, type Progress } from "../../../cli/terminal/live-progress.ts";
import { showProgress } from "../../../cli/terminal/progress.ts";
import type { RunEvent } from "../../../engine/run/events.ts";
import { fakeHost, type FakeHost } from "../../helpers/fake-host.ts";
import { Screen } from "../../helpers/screen.ts";
import { runPlan, taskOf } from "./run-plan.ts";

const plan = runPlan({ repetitions: 3, headlines: ["tcp/cross-node/throughput"] });
const task = taskOf(plan, "bridge/netns/cross-node");

/** Replaces standard error by a terminal until the end of the test. */
function useScreen(): Screen {
  const screen = new Screen(120, 24);
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => screen.write(String(text)));
  onTestFinished(() => spy.mockRestore());
  for (const key of ["columns", "rows"] as const) {
    const before = Object.getOwnPropertyDescriptor(process.stderr, key);
    Object.defineProperty(process.stderr, key, { get: () => screen[key], configurable: true });
    onTestFinished(() => {
      if (before === undefined) Reflect.deleteProperty(process.stderr, key);
      else Object.defineProperty(process.stderr, key, before);
    });
  }
  return screen;
}

let screen: Screen;
let host: FakeHost;
let progress: Progress;
beforeEach(() => {
  screen = useScreen();
  host = fakeHost();
  progress = liveProgress(host, plan, []);
  onTestFinished(() => progress.end());
});

const deploying: RunEvent = { kind: "deploying", block: 2, plan, plugin: "bridge" };
const failed: RunEvent = {
  kind: "failed",
  plugin: "bridge",
  subject: "x/y",
  error: "no\u001b[2J route",
  tasks: [task],
};

function measuring(rep: number): RunEvent {
  return { kind: "measuring", block: 2, task, rep, secondsLeft: 300 };
}

function measured(rep: number, throughput: number): RunEvent {
  return { kind: "measured", block: 2, task, rep, values: { throughput } };
}

it("shows the block, the time left, the task, the last value and the estimate", () => {
  for (const rep of [1, 2, 3]) {
    progress.on(measuring(rep));
    progress.on(measured(rep, rep * 1e9));
  }
  progress.on(deploying);
  const lines = screen.text().split("\n");
  expect(lines[0]).toBe("block 2/9: deploying bridge, about 5 min left");
  expect(lines[1]).toBe("last: small/tcp/bridge/netns/cross-node throughput 3 Gbit/s");
  expect(lines[4]?.trim().split(/ {2,}/)).toEqual(["Gbit/s", "bridge", "3", "2", "too few blocks", "1"]);
  progress.on(measuring(1));
  expect(screen.text()).toContain(
    "block 2/9, about 5 min left: small/tcp/bridge/netns/cross-node, repetition 1/3\nlast: ",
  );
});

it("keeps failures, decisions and notes above the table, without escape sequences", () => {
  progress.on(deploying);
  progress.on(failed);
  progress.on({ kind: "note", text: "installing" });
  progress.on(measuring(1));
  expect(screen.text()).toMatch(/^FAILED bridge, x\/y: no\ufffd\[2J route\ninstalling\nblock 2\/9, about/);
  expect(screen.text()).toMatch(/bridge +failed\n/);
});

describe("redraws", () => {
  it("never after a value, and rarely between repetitions, which may be short", () => {
    progress.on(measuring(1));
    const before = screen.writes;
    progress.on(measured(1, 1e9));
    progress.on(measuring(2));
    expect(screen.writes).toBe(before);
    host.clock.advance(0.6);
    progress.on(measured(2, 1e9));
    progress.on(measuring(3));
    expect(screen.writes).toBe(before + 1);
  });

  it("never without an event", async () => {
    progress.on(measuring(1));
    const before = screen.writes;
    screen.resize(50, 10);
    process.stderr.emit("resize");
    await new Promise((resolve) => setImmediate(resolve));
    expect(screen.writes).toBe(before);
    progress.on(measuring(1));
    expect(
      screen
        .text()
        .split("\n")
        .filter((line) => line.startsWith("block 2")),
    ).toHaveLength(1);
  });
});

it("leaves nothing but failures at the end", () => {
  progress.on(failed);
  progress.on(measuring(1));
  progress.end();
  process.stderr.write("done");
  expect(screen.text()).toBe("FAILED bridge, x/y: no\ufffd[2J route\ndone");
});

it("prints text of others in place of the table", () => {
  progress.on(measuring(1));
  progress.print("the lab is still running\n");
  expect(screen.text()).toBe("the lab is still running");
});

it("draws below the lines of the shell after Ctrl-Z and fg", () => {
  progress.on(measuring(1));
  const stopped = screen.text();
  process.stderr.write("[1]+  Stopped\n$ fg\n");
  process.emit("SIGCONT", "SIGCONT");
  progress.on(measuring(1));
  expect(screen.text()).toBe(`${stopped}\n[1]+  Stopped\n$ fg\n${stopped}`);
});

it("removes its signal listener at the end", () => {
  const during = process.listenerCount("SIGCONT");
  liveProgress(host, plan, []).end();
  expect(process.listenerCount("SIGCONT")).toBe(during);
});

describe("showProgress", () => {
  it.each([
    { isTTY: true, wanted: true, env: {}, live: true },
    { isTTY: true, wanted: false, env: {}, live: false },
    { isTTY: false, wanted: true, env: {}, live: false },
    { isTTY: true, wanted: true, env: { CI: "1" }, live: false },
    { isTTY: true, wanted: true, env: { TERM: "dumb" }, live: false },
  ])("is a table only on a terminal: %j", ({ isTTY, wanted, env, live }) => {
    const before = process.stderr.isTTY;
    process.stderr.isTTY = isTTY;
    onTestFinished(() => void (process.stderr.isTTY = before));
    const shown = showProgress(fakeHost({}, { env }), wanted, plan);
    shown.on(deploying);
    shown.on(measuring(1));
    const [header, ...lines] = screen.text().split("\n");
    expect(header).toMatch(/^cnibench: bridge, ptp and the host baseline; small; 9 blocks; 2 nodes/);
    if (live) expect(lines[0]).toMatch(/^block 2\/9, about 5 min left: small/);
    else
      expect(lines).toEqual([
        "1970-01-01T00:00:00.000Z block 2/9: deploying bridge",
        expect.stringMatching(
          /^1970\S+ block 2: small\/tcp\/bridge\/netns\/cross-node, repetition 1\/3 \(about 5 min l/,
        ),
      ]);
    shown.end();
    expect(screen.text().split("\n")).toHaveLength(live ? 1 : 3);
  });
});
