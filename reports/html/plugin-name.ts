/** A plugin's name with its marker, and links to a view or a row. */
import type { Text } from "../language/text.ts";
import { pluginColor, pluginShape } from "../views/palette.ts";
import { html, type Html } from "./markup.ts";

/** @param plugins the plugins of the plan; any other name is the baseline */
export function markedName(plugin: string, plugins: readonly string[]): Html {
  const index = plugins.indexOf(plugin);
  const [color, shape] = index < 0 ? ["var(--p0)", "circle"] : [pluginColor(index), pluginShape(index)];
  return html`<span class="marker ${shape}" style="background: ${color}" aria-hidden="true"></span
    ><bdi>${plugin}</bdi>`;
}

/** @param id of the view or row */
export function permalink(id: string, label: Text): Html {
  return html`<a class="permalink" href="#${id}" aria-label="${label}">#</a>`;
}
