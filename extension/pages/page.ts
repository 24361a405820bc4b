// What a forge's page has to tell, and how pages are read. One file a forge, the only places with selectors; a new one
// is that file, a content script that begins with it, and its line in the manifest.

import type { Field } from '../../build/wire/Field';
import type { PageContext } from '../../build/wire/PageContext';

/** What an address is: a pull request, the form of a new one, or neither. */
export type Kind = 'pull' | 'new' | null;

/** Where something stands in the page. */
export interface Place {
  /** The element beside which, or in which, it stands. */
  beside: Element;
  /** How it stands to that element. */
  where: 'before' | 'after' | 'end';
  /** What kind of place it is, for the style sheet. */
  name: string;
}

/** A text box of the page. */
export type Box = HTMLInputElement | HTMLTextAreaElement;

/** How one forge's pages are read. Everything here only reads, but for `open`. */
export interface Page {
  /** The forge's id. */
  forge: string;
  /** What an address is, by the address alone. */
  kind(url: URL): Kind;
  /** What the addresses of all tabs of one pull request have in common; where it is missing, the first four parts. */
  stay?(url: URL): string;
  /** What can be read now; null while there is nothing to hold a pill against, or where the page is none after all. */
  read(url: URL, kind: 'pull' | 'new'): PageContext | null;
  /** Whether the page says itself that there is nothing: not found, not allowed. */
  missing(): boolean;
  /** Where the pill stands; null where it is not known (yet). */
  pill(kind: 'pull' | 'new'): Place | null;
  /** The line that tells state and branches, below the title: what opens from the pill does not hide it. */
  status?(kind: 'pull' | 'new'): Element | null;
  /** Where the panel stands of its own; null where it opens from the pill only. */
  panel(kind: 'pull' | 'new'): Place | null;
  /** The box of a field; null while it is not open or the reader may not edit. */
  box(field: Field, kind: 'pull' | 'new'): Box | null;
  /** The button that opens the box of a field; null where there is none. */
  opener(field: Field, kind: 'pull' | 'new'): HTMLElement | null;
}

/** Nothing but the address. */
export function unread(url: URL, forge: string): PageContext {
  return {
    url: url.href,
    forge,
    root: null,
    title: null,
    titleEdited: false,
    description: null,
    base: null,
    head: null,
    state: null,
    commits: null,
    dialog: null,
    method: null,
    suggestions: [],
  };
}

/** The first of several selectors that finds something, most recent page first. */
export function first<E extends Element = HTMLElement>(...selectors: string[]): E | null {
  return within<E>(document, selectors);
}

const looked = new Map<() => unknown, unknown>();

/** What `look` finds, looked for once in a turn of the page's: a search of thousands of elements is asked for by many. */
export function once<T>(look: () => T): T {
  if (looked.size === 0) queueMicrotask(() => looked.clear());
  if (!looked.has(look)) looked.set(look, look());
  return looked.get(look) as T;
}

/** The same, in a part of the page: a search of all of it takes its time on a page of thousands of elements. */
export function within<E extends Element = HTMLElement>(root: ParentNode, selectors: string[]): E | null {
  for (const selector of selectors) {
    const found = root.querySelector<E>(selector);
    if (found) return found;
  }
  return null;
}

/** Whether an element takes up room on the page. */
export function visible(element: Element | null): element is HTMLElement {
  return element instanceof HTMLElement && element.getClientRects().length > 0;
}

/** A title as it was written: forges paint its `code` without the back-ticks. */
export function written(element: Element | null): string | null {
  if (!element) return null;
  let text = '';
  const walk = (node: Node) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) text += child.nodeValue ?? '';
      else if (child instanceof Element) {
        if (child.localName === 'code') text += `\`${child.textContent}\``;
        else if (child.localName === 'img') text += child.getAttribute('alt') ?? '';
        else walk(child);
      }
    }
  };
  walk(element);
  return text.replace(/\s+/g, ' ').trim() || null;
}

/** The first number in a text. */
export function count(text: string | null | undefined): number | null {
  const digits = text?.match(/\d[\d,.\u00A0\u202F]*/)?.[0].replace(/\D/g, '');
  return digits ? Number(digits) : null;
}
