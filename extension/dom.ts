// What is wanted → the elements that are there. Elements stay who they are from one painting to the next, by their
// keys, so focus, selection, scroll position and what the reader has opened survive. Text only ever becomes text
// nodes and attribute values: nothing from outside becomes markup.

/** What an element is to have: attributes, `on…` handlers, and its key among its siblings. */
export type Props = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

/** A wanted element. */
export interface Wanted {
  tag: string;
  key: string | undefined;
  props: Props;
  children: Child[];
}

/** A wanted child; what is nothing is left out. */
export type Child = Wanted | string | null | undefined | false | Child[];

/** Wants an element. `key` names it among its siblings; `defaultOpen` opens a `<details>` once, then the reader decides. */
export function h(tag: string, props: Props | null, ...children: Child[]): Wanted {
  const { key, ...rest } = props ?? {};
  return { tag, key: key === undefined || key === null ? undefined : String(key), props: rest, children };
}

interface Painted {
  key: string;
  tag: string;
  props: Props;
}

const painted = new WeakMap<Node, Painted>();
const SVG = 'http://www.w3.org/2000/svg';
const DRAWN = new Set(['svg', 'path', 'circle']);

function flat(children: Child[], into: (Wanted | string)[] = []): (Wanted | string)[] {
  for (const child of children) {
    if (Array.isArray(child)) flat(child, into);
    else if (child || child === '') into.push(child as Wanted | string);
  }
  return into;
}

function dress(element: Element, before: Props, after: Props): void {
  for (const [name, value] of Object.entries(after)) {
    if (before[name] === value) continue;
    if (name.startsWith('on')) {
      (element as unknown as Record<string, unknown>)[name] = value ?? null;
    } else if (name === 'defaultOpen') {
      if (value) element.setAttribute('open', '');
    } else if (value === false || value === null || value === undefined) {
      element.removeAttribute(name);
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  for (const name of Object.keys(before)) {
    if (name in after || name === 'defaultOpen') continue;
    if (name.startsWith('on')) (element as unknown as Record<string, unknown>)[name] = null;
    else element.removeAttribute(name);
  }
}

/** Makes the children of `parent` those that are wanted, keeping every one that is there already. */
export function paint(parent: ParentNode & Node, ...children: Child[]): void {
  const wanted = flat(children);
  const there = new Map<string, ChildNode>();
  for (const node of parent.childNodes) {
    const known = painted.get(node);
    if (known) there.set(known.key, node);
  }
  const count = new Map<string, number>();
  const keys = wanted.map((child) => {
    const tag = typeof child === 'string' ? '#' : child.tag;
    const own = typeof child === 'string' ? undefined : child.key;
    if (own !== undefined && !count.has(`${tag} ${own}`)) {
      count.set(`${tag} ${own}`, 1);
      return `${tag} ${own}`;
    }
    const nth = count.get(tag) ?? 0;
    count.set(tag, nth + 1);
    return `${tag}/${nth}`;
  });
  // What is gone goes first, so that what stays need not be moved: moving an element takes its focus away.
  const kept = new Set(keys);
  for (const [key, node] of there) if (!kept.has(key)) node.remove();
  let at = parent.firstChild;
  wanted.forEach((child, index) => {
    const key = keys[index] as string;
    let node: Node | undefined = there.get(key);
    if (typeof child === 'string') {
      if (!node) {
        node = document.createTextNode(child);
        painted.set(node, { key, tag: '#', props: {} });
      } else if (node.nodeValue !== child) node.nodeValue = child;
    } else {
      if (!node) node = DRAWN.has(child.tag) ? document.createElementNS(SVG, child.tag) : document.createElement(child.tag);
      dress(node as Element, painted.get(node)?.props ?? {}, child.props);
      painted.set(node, { key, tag: child.tag, props: child.props });
      paint(node as Element, ...child.children);
    }
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  });
}
