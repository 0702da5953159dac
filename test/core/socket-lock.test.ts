import { expect, test } from "vitest";
import { trySocketLock } from "../../core/socket-lock.ts";

/** A name that no other process uses. */
const NAME = `test-${process.pid}`;

test("a lock has one holder until it is released, also within a process", async () => {
  const release = await trySocketLock(NAME);
  expect(await trySocketLock(NAME)).toBeNull();
  const other = await trySocketLock(`${NAME}-other`);
  expect(other).not.toBeNull();
  other?.();
  release?.();
  const again = await trySocketLock(NAME);
  expect(again).not.toBeNull();
  again?.();
});
