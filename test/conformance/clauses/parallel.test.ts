import { expect, test } from "vitest";
import { demandDifferentAddresses, roundsFor } from "../../../conformance/clauses/parallel.ts";
import type { TestAttachment } from "../../../conformance/clauses/attachment.ts";
import type { ClauseContext } from "../../../conformance/clauses/clause-context.ts";
import { Deviation } from "../../../conformance/clauses/demand.ts";

function countRounds(probability: number): number {
  const isRoundDue = roundsFor(probability);
  let rounds = 0;
  while (isRoundDue()) rounds++;
  return rounds;
}

test("rounds show a race with a probability of 99 %", () => {
  expect([0.3, 0.5, 0.9].map(countRounds)).toEqual([13, 7, 2]);
});

/** Compares the addresses of two containers to which a plugin assigned the same one. */
function compareShared(address: string): void {
  const context = { underTest: { configured: [], kinds: ["interface"] } } as unknown as ClauseContext;
  const attachment = { raw: { cniVersion: "1.0.0", ips: [{ address }] } } as unknown as TestAttachment;
  demandDifferentAddresses(context, [attachment, attachment]);
}

test("containers share no address, except the loopback addresses that each of them has", () => {
  expect(() => compareShared("10.1.0.2/24")).toThrow(Deviation);
  expect(() => compareShared("127.0.0.1/8")).not.toThrow();
  expect(() => compareShared("::1/128")).not.toThrow();
});
