/** All plugins that name links after a part of the container ID: only look-alike IDs confuse them. */
import { expect, test } from "vitest";
import { useLab } from "./lab.ts";
import { LINK_NAME_PLUGINS, notPassed, ONLY_DEVIATION } from "./link-name-plugins.ts";

const lab = useLab();

test.each(LINK_NAME_PLUGINS)("$name: only look-alike IDs fail", { timeout: 300_000 }, async (plugin) => {
  expect(await notPassed(lab(), plugin)).toEqual([ONLY_DEVIATION]);
});
