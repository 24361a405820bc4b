// A changelog entry, to paint: its Markdown as plain values. Nothing of it is ever HTML. Only the background and the
// playground read Markdown; the content script gets what they made of it.

import { lexer, type MarkedToken, type Token } from 'marked';
import type { PanelView } from '../build/wire/PanelView';
import type { ReleaseView } from '../build/wire/ReleaseView';

/** How much of an entry is painted, in UTF-16 units: it is read by a person. The raw text is whole. */
const PAINTED = 20_000;

/** A run of text in one style. */
export interface Inline {
  /** Shown as text only, whatever it looks like. */
  text: string;
  strong: boolean;
  emphasis: boolean;
  code: boolean;
  /** Where it leads: `https:` and `http:` only; null elsewhere. */
  href: string | null;
}

/** A block of an entry. */
export type Block =
  | { kind: 'heading'; level: number; content: Inline[] }
  | { kind: 'paragraph'; content: Inline[] }
  /** However its list is marked; `depth` is 0 for the outermost list. */
  | { kind: 'item'; depth: number; content: Inline[] }
  /** Text as it stands: code, or HTML shown as text. */
  | { kind: 'code'; text: string }
  | { kind: 'rule' };

/** A changelog entry. */
export interface Entry {
  /** The exact text, to copy. */
  raw: string;
  /** The same, to paint. */
  blocks: Block[];
}

/** A release whose entry can be painted. */
export type PaintedRelease = Omit<ReleaseView, 'entry'> & { entry: Entry | null };

/** A view that can be painted. */
export type Painted = Omit<PanelView, 'releases'> & { releases: PaintedRelease[] };

/** The view with its entries made ready to paint. */
export function painted(view: PanelView): Painted {
  return {
    ...view,
    releases: view.releases.map((release) => ({ ...release, entry: release.entry === null ? null : entry(release.entry) })),
  };
}

function entry(raw: string): Entry {
  const shown = raw.length > PAINTED ? `${raw.slice(0, PAINTED)}…` : raw;
  return { raw, blocks: lexer(shown).flatMap((token) => blocks(token as MarkedToken, 0)) };
}

const PLAIN: Omit<Inline, 'text'> = { strong: false, emphasis: false, code: false, href: null };

function blocks(token: MarkedToken, depth: number): Block[] {
  switch (token.type) {
    case 'heading':
      return [{ kind: 'heading', level: token.depth, content: inlines(token.tokens, PLAIN) }];
    case 'paragraph':
      return [{ kind: 'paragraph', content: inlines(token.tokens, PLAIN) }];
    case 'list':
      return token.items.flatMap((item) => item.tokens.flatMap((inner) => within(inner as MarkedToken, depth)));
    case 'blockquote':
      return token.tokens.flatMap((inner) => blocks(inner as MarkedToken, depth));
    case 'hr':
      return [{ kind: 'rule' }];
    case 'space':
    case 'def':
      return [];
    default:
      return [{ kind: 'code', text: token.raw.trimEnd() }];
  }
}

/** A block of a list item. */
function within(token: MarkedToken, depth: number): Block[] {
  switch (token.type) {
    case 'text':
    case 'paragraph':
      return [{ kind: 'item', depth, content: inlines(token.tokens ?? [token], PLAIN) }];
    case 'list':
      return blocks(token, depth + 1);
    default:
      return blocks(token, depth);
  }
}

function inlines(tokens: Token[], style: Omit<Inline, 'text'>): Inline[] {
  return tokens.flatMap((any) => {
    const token = any as MarkedToken;
    switch (token.type) {
      case 'strong':
        return inlines(token.tokens, { ...style, strong: true });
      case 'em':
        return inlines(token.tokens, { ...style, emphasis: true });
      case 'del':
        return inlines(token.tokens, style);
      case 'link':
        return inlines(token.tokens, { ...style, href: /^https?:\/\//i.test(token.href) ? token.href : null });
      case 'codespan':
        return [{ ...style, code: true, text: unescaped(token.text) }];
      case 'br':
        return [{ ...style, text: ' ' }];
      case 'text':
        return token.tokens ? inlines(token.tokens, style) : [{ ...style, text: unescaped(token.text) }];
      case 'escape':
        return [{ ...style, text: unescaped(token.text) }];
      default:
        return [{ ...style, text: token.raw }];
    }
  });
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&#39;': "'" };

/** The few entities that tools write into entries (release-please, before every angle bracket). */
function unescaped(text: string): string {
  return text.replace(/&(?:lt|gt|amp|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}
