/** The client of the node agent, without an agent. */
import { afterEach, expect, test, vi } from "vitest";
import { Agent, type AgentTransport } from "../../core/agent/agent.ts";

afterEach(() => vi.useRealTimers());

/** An agent that has already ended. */
function endedAgent(): Agent {
  const transport: AgentTransport = {
    write: () => undefined,
    onData: () => undefined,
    onEnd: (listener) => listener("the node was removed"),
  };
  return new Agent("node-1", {}, transport);
}

test.each([
  ["aborted before its start", { signal: AbortSignal.abort() }],
  ["killed after its end", {}],
])("a command that is %s leaves no timer, which would delay the end of the program", async (_, options) => {
  vi.useFakeTimers();
  const command = endedAgent().start(["true"], { timeout: 5, ...options });
  command.kill("SIGKILL");
  expect((await command.done).startError).toBe("the agent of node-1 has ended: the node was removed");
  command.kill("SIGKILL");
  expect(vi.getTimerCount()).toBe(0);
});
