/** Plugins that name links after a part of the container ID can be tested: only look-alike IDs confuse them. */
import { expect, test } from "vitest";
import { useLab } from "./lab.ts";
import { LINK_NAME_PLUGINS, notPassed, ONLY_DEVIATION } from "./link-name-plugins.ts";

const lab = useLab();

/** The shortest name, whose link is deleted in the container, and the longest, whose link is deleted on the node. */
const EXTREMES = [LINK_NAME_PLUGINS[0], LINK_NAME_PLUGINS.at(-1)].filter((plugin) => plugin !== undefined);

test.concurrent.each(EXTREMES)("$name: only look-alike IDs fail", { timeout: 150_000 }, async (plugin) => {
  expect(await notPassed(lab(), plugin)).toEqual([ONLY_DEVIATION]);
});
