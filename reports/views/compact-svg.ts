/** Shortens SVG that vega wrote, without a visible change. */

interface Element {
  readonly name: string;
  readonly attributes: Map<string, string>;
  children: Node[];
}

/** Text keeps its form, because it is escaped. */
type Node = Element | string;

/** Attributes that the drawing as a whole must have. */
export const DRAWING_FONT = { "font-family": "system-ui, sans-serif", "font-size": "12px" } as const;

const TOKEN = /<(\/?)([a-z]+)([^>]*?)(\/?)>|[^<]+/gi;
const ATTRIBUTE = /([\w:-]+)="([^"]*)"/g;
/** Attributes without effect on a drawing that has one description. */
const NEEDLESS = /^(?:class|role|aria-.*|pointer-events)$/;
const DEFAULTS: Readonly<Record<string, string>> = {
  ...{ ...DRAWING_FONT, opacity: "1", "fill-opacity": "1", "stroke-width": "1", transform: "translate(0,0)" },
};
/** Attributes that a group passes on to its children. */
const INHERITED = [
  ...["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray"],
  ...["font-size", "font-weight", "text-anchor"],
] as const;
/** Attributes with coordinates. More decimals than one do not show. */
const COORDINATES = /^(?:d|transform|[xy]\d?|width|height)$/;
const LONG_NUMBER = /-?\d+\.\d{2,}(?:e[+-]?\d+)?/g;
const TRANSLATION = /^translate\((-?[\d.]+),(-?[\d.]+)\)$/;
const CIRCLE = /^M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0$/;
const INVISIBLE = [undefined, "none", "transparent"];

/** Returns the drawing with fewer groups, attributes and decimals; its font has to be {@link DRAWING_FONT}. */
export function compactSvg(svg: string): string {
  return parse(svg).flatMap(simplify).map(write).join("");
}

function parse(svg: string): Node[] {
  const root: Node[] = [];
  const open = [root];
  for (const [token, closing, name, attributes = "", single] of svg.matchAll(TOKEN)) {
    const siblings = open.at(-1) ?? root;
    if (name === undefined) siblings.push(token);
    else if (closing === "/") open.pop();
    else {
      const element: Element = { name, attributes: attributesOf(attributes), children: [] };
      siblings.push(element);
      if (single !== "/") open.push(element.children);
    }
  }
  return root;
}

function attributesOf(text: string): Map<string, string> {
  const all = [...text.matchAll(ATTRIBUTE)].map(([, name = "", value = ""]) => [name, value] as const);
  const effective = all.filter(([name, value]) => !NEEDLESS.test(name) && DEFAULTS[name] !== value);
  return new Map(
    effective.map(([name, value]) => [
      name,
      COORDINATES.test(name) ? value.replace(LONG_NUMBER, (number) => decimal(Number(number))) : value,
    ]),
  );
}

function decimal(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** Returns the nodes that replace a node. */
function simplify(node: Node): Node[] {
  if (typeof node === "string") return [node];
  const { attributes } = node;
  if (attributes.get("display") === "none") return [];
  const isStroked = !INVISIBLE.includes(attributes.get("stroke"));
  if (!isStroked) attributes.delete("stroke-width");
  node.children = node.children.flatMap(simplify);
  switch (node.name) {
    case "path":
      return isStroked || !INVISIBLE.includes(attributes.get("fill")) ? [circleOf(node)] : [];
    case "line":
      return [pathOf(node)];
    case "text":
      return [positioned(node, "x", "y")];
    case "g":
      return simplifyGroup(node);
    default:
      return [node];
  }
}

/** Replaces a translation by two attributes. */
function positioned(element: Element, x: string, y: string): Element {
  const [, dx, dy] = TRANSLATION.exec(element.attributes.get("transform") ?? "") ?? [];
  if (dx === undefined || dy === undefined) return element;
  element.attributes.delete("transform");
  return { ...element, attributes: new Map([[x, dx], [y, dy], ...element.attributes]) };
}

/** Returns a circle instead of a path of two arcs. */
function circleOf(path: Element): Element {
  const [, radius] = CIRCLE.exec(path.attributes.get("d") ?? "") ?? [];
  if (radius === undefined) return path;
  path.attributes.delete("d");
  return positioned({ ...path, name: "circle", attributes: new Map([["r", radius], ...path.attributes]) }, "cx", "cy");
}

function pathOf({ attributes, children }: Element): Element {
  const { x2 = "0", y2 = "0", transform = "", ...rest } = Object.fromEntries(attributes);
  const [, x = "0", y = "0"] = TRANSLATION.exec(transform) ?? [];
  const stroke = y2 === "0" ? `h${x2}` : x2 === "0" ? `v${y2}` : `l${x2},${y2}`;
  return { name: "path", attributes: new Map([["d", `M${x},${y}${stroke}`], ...Object.entries(rest)]), children };
}

function simplifyGroup(group: Element): Node[] {
  group.children = joinPaths(group.children);
  const first = group.children[0];
  if (first === undefined) return [];
  for (const name of INHERITED) hoist(group, name);
  group.children = group.children.flatMap((child) =>
    typeof child !== "string" && isBareGroup(child) ? child.children : [child],
  );
  return isBareGroup(group) ? group.children : [group];
}

function isBareGroup({ name, attributes }: Element): boolean {
  return name === "g" && attributes.size === 0;
}

/** Joins successive strokes that differ only in their place. */
function joinPaths(nodes: readonly Node[]): Node[] {
  const joined: Node[] = [];
  for (const node of nodes) {
    const last = joined.at(-1);
    if (isStroke(node) && isStroke(last) && styleOf(node) === styleOf(last))
      last.attributes.set("d", `${last.attributes.get("d")}${node.attributes.get("d")}`);
    else joined.push(node);
  }
  return joined;
}

function isStroke(node: Node | undefined): node is Element {
  return (
    typeof node === "object" &&
    node.name === "path" &&
    /^(?:M[\d.,-]+[hvl][\d.,-]+)+$/.test(node.attributes.get("d") ?? "")
  );
}

function styleOf({ attributes }: Element): string {
  return JSON.stringify([...attributes].filter(([name]) => name !== "d"));
}

/** Moves an attribute that all children share to their group. */
function hoist(group: Element, name: string): void {
  const values = new Set(
    group.children.map((child) => (typeof child === "string" ? undefined : child.attributes.get(name))),
  );
  const [value] = values;
  if (values.size !== 1 || value === undefined) return;
  for (const child of group.children) if (typeof child !== "string") child.attributes.delete(name);
  group.attributes.set(name, value);
}

function write(node: Node): string {
  if (typeof node === "string") return node;
  const { name, attributes, children } = node;
  const start = `<${name}${[...attributes].map(([key, value]) => ` ${key}="${value}"`).join("")}`;
  return children.length === 0 ? `${start}/>` : `${start}>${children.map(write).join("")}</${name}>`;
}
