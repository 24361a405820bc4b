// Message ids → sentences, and text from outside → text that cannot hide anything.

import type { Text } from '../build/wire/Text';
import { type Child, h } from './dom';

/** Looks a sentence up; empty where there is none. */
export type Lookup = (id: string, args: string[]) => string;

let lookup: Lookup = (id, args) => chrome.i18n.getMessage(id, args);

/** Sentences by their ids, with `$1` to `$9` at the places of their arguments. */
export type Sentences = Record<string, string>;

const PLACES = ['$1', '$2', '$3', '$4', '$5', '$6', '$7', '$8', '$9'];

/** A sentence with its places as they are, to be sent to where `hear` takes it. */
export function sentence(id: string): string {
  return chrome.i18n.getMessage(id, PLACES);
}

/** Takes sentences that somebody else has looked up: in a page the first question to the browser alone takes a millisecond. */
export function hear(sentences: Sentences): void {
  for (const [id, text] of Object.entries(sentences)) heard.set(id, text.split(PLACE));
}

/** Takes the sentences from elsewhere than the extension: the playground has none of its own. */
export function speak(other: Lookup): void {
  lookup = other;
}

/** The sentences of a `messages.json`, for a page that is not the extension's. */
export function messages(json: Record<string, { message: string }>): Lookup {
  return (id, args) => (json[id]?.message ?? '').replace(/\$(\$|[1-9])/g, (_, n) => (n === '$' ? '$' : (args[Number(n) - 1] ?? '')));
}

// Stand for the arguments while a sentence is looked up; private-use characters do not occur in the sentences.
const OPEN = '\uE0F0';
const CLOSE = '\uE0F1';
const HOLE = /\uE0F0(\d)\uE0F1/;

/** What the browser knows of the language of its own sentences. */
const DIRECTION = '@@bidi_dir';

const PLACE = /\$([1-9])/;

const known = new Map<string, string[]>();
/** As `known`, but with the places counted from 1. */
const heard = new Map<string, string[]>();

/** The sentence in pieces: its own words, and at odd places the number of an argument. An unknown id shows itself. */
function pieces({ id, args }: Text): string[] {
  const told = heard.get(id);
  if (told) return told.map((piece, index) => (index % 2 ? String(Number(piece) - 1) : piece));
  if (id === '') return [];
  // Asking the browser is slow, and its sentences do not change while a page lives.
  const key = `${id} ${args.length}`;
  let found = known.get(key);
  if (!found) {
    const sentence = lookup(
      id,
      args.map((_, index) => `${OPEN}${index}${CLOSE}`),
    );
    if (!sentence) return [[id, ...args].join(' ')];
    found = sentence.split(HOLE);
    known.set(key, found);
  }
  return found;
}

/** The sentence as plain text, for labels. */
export function line(text: Text): string {
  return pieces(text)
    .map((piece, index) => (index % 2 ? plain(text.args[Number(piece)] ?? '') : piece))
    .join('');
}

/** The sentence as it is painted; what fills its places keeps its own direction. */
export function say(text: Text): Child[] {
  return pieces(text).map((piece, index) => (index % 2 ? h('bdi', null, ...shown(text.args[Number(piece)] ?? '')) : piece));
}

/** The direction of the interface's language, which need not be the page's. */
export function direction(): string {
  return heard.get(DIRECTION)?.[0] || lookup(DIRECTION, []) || 'ltr';
}

/** A sentence of the interface's own. */
export function ui(id: string, ...args: string[]): string {
  return line({ id, args });
}

// Control characters, the marks that turn the direction round, and spaces of no width. The joiners U+200C and U+200D
// are not among them: scripts and emoji need them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const HIDDEN = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/;

function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The text with its hidden characters named, for labels. */
export function plain(text: string): string {
  return HIDDEN.test(text) ? [...text].map((character) => (HIDDEN.test(character) ? `[${visible(character)}]` : character)).join('') : text;
}

/** The text as it is painted, each hidden character in a box of its own. */
export function shown(text: string): Child[] {
  if (!HIDDEN.test(text)) return [text];
  const children: Child[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    // A line break of a browser's form; the line feed after it does the work.
    if (!HIDDEN.test(character)) continue;
    if (index > start) children.push(text.slice(start, index));
    if (character !== '\r' || text.charAt(index + 1) !== '\n') children.push(h('span', { class: 'hidden-character' }, visible(character)));
    start = index + 1;
  }
  if (start < text.length) children.push(text.slice(start));
  return children;
}

const SPAN: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

let relative: Intl.RelativeTimeFormat | undefined;

/** `12 sec. ago`, `in 4 min.`; both in milliseconds since 1970. */
export function age(at: number, now: number): string {
  relative ??= new Intl.RelativeTimeFormat(undefined, { style: 'short', numeric: 'auto' });
  const passed = at - now;
  const [unit, size] = SPAN.find(([, length]) => Math.abs(passed) >= length) ?? ['second', 1000];
  return relative.format(Math.trunc(passed / size), unit);
}
