import { expect, test } from "vitest";
import { ClauseContext } from "../../../conformance/clauses/clause-context.ts";
import { changesContainer } from "../../../conformance/clauses/container-effect.ts";
import { useLab } from "../lab.ts";
import { networkOf, type NetworkName } from "../networks.ts";

const lab = useLab();

test.each<{ network: NetworkName; expected: boolean; executions: number }>([
  { network: "bridge", expected: true, executions: 0 },
  { network: "tuning", expected: false, executions: 3 },
  { network: "tuned", expected: true, executions: 3 },
  { network: "sbr", expected: true, executions: 3 },
])(
  "$network: ADD changes the container: $expected, observed once",
  async ({ network, expected, executions }) => {
    const context = await ClauseContext.open({
      node: lab().node.shell,
      underTest: networkOf(network, "1.0.0"),
      signal: new AbortController().signal,
    });
    try {
      expect(await changesContainer(context)).toBe(expected);
      expect(await changesContainer(context)).toBe(expected);
      expect(context.calls).toHaveLength(executions);
    } finally {
      await context.close();
    }
  },
  60_000,
);
