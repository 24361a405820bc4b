// Gitea and Forgejo: pages made on the server, with a merge form made by Vue. Whoever may merge finds in the page what
// each way of merging would write: as JSON at the form (Gitea from 1.26), or in a script above it (before, and Forgejo).

import type { Dialog } from '../../build/wire/Dialog';
import type { State } from '../../build/wire/State';
import { type Box, count, first, type Kind, type Page, type Place, unread, visible, within } from './page';

// They may be served under a path: what counts is how an address ends.
const PULL = /^(.*\/[^/]+\/[^/]+\/pulls\/(\d+))(?:\/.*)?$/;
const COMPARE = /\/[^/]+\/[^/]+\/compare\/(.+)$/;

const HEADING = '#issue-title-display h1, #issue-title-wrapper h1';
const TITLE_BOX = ['#issue-title-editor input', '#edit-title-input input'];
const NEW_TITLE = ['#issue_title', 'form#new-issue input[name="title"]'];
const NEW_BODY = ['form#new-issue textarea[name="content"]', 'textarea[name="content"]'];
const FORM = '#pull-request-merge-form';
const MERGE_TITLE = `${FORM} input[name="merge_title_field"]`;
const MERGE_BODY = `${FORM} textarea[name="merge_message_field"]`;

/** What the page knows of merging. */
interface Merging {
  suggestions: Dialog[];
  /** The ways by the words of their buttons. */
  words: Map<string, string>;
  chosen: string | null;
}

const NOTHING: Merging = { suggestions: [], words: new Map(), chosen: null };
let known: { source: string; merging: Merging } = { source: '', merging: NOTHING };

const method = (style: string) => (style === 'fast-forward-only' ? 'fast-forward' : style);

interface Style {
  name: string;
  allowed: boolean;
  textDoMerge?: string;
  mergeTitleFieldText?: string;
  mergeMessageFieldText?: string;
}

/** The ways of merging, as the script above the form lists them: its values are written as JSON. */
function scripted(script: string): { mergeStyles: Style[]; defaultMergeStyle: string } {
  const text = '("(?:[^"\\\\]|\\\\.)*")';
  const value = (pattern: string, within = script): string => {
    const found = new RegExp(pattern).exec(within)?.[1];
    return found ? (JSON.parse(found) as string) : '';
  };
  const constant = (name: string) => value(`const ${name} = ${text}`);
  const entries = script.split(/'name': '/).slice(1);
  return {
    defaultMergeStyle: value(`'defaultMergeStyle': ${text}`),
    mergeStyles: entries.map((entry) => {
      const name = entry.slice(0, entry.indexOf("'"));
      const squash = name === 'squash';
      return {
        name,
        allowed: /'allowed': true/.test(entry),
        textDoMerge: value(`'textDoMerge': ${text}`, entry),
        mergeTitleFieldText: constant(squash ? 'defaultSquashMergeTitle' : 'defaultMergeTitle'),
        mergeMessageFieldText: squash
          ? value(`'mergeMessageFieldText': ${text}`, entry) + constant('defaultSquashMergeMessage')
          : constant('defaultMergeMessage'),
      };
    }),
  };
}

/** What the page knows of merging; read once, as the page is not made anew. */
function merging(): Merging {
  const form = document.querySelector(FORM);
  if (!form) return NOTHING;
  const json = form.getAttribute('data-merge-form-props');
  const script = json ?? [...document.scripts].find((each) => each.textContent?.includes('pullRequestMergeForm = '))?.textContent ?? '';
  if (script === known.source) return known.merging;
  known = { source: script, merging: NOTHING };
  try {
    const { mergeStyles, defaultMergeStyle } = json === null ? scripted(script) : JSON.parse(json);
    const allowed = (mergeStyles as Style[]).filter((style) => style.allowed);
    known.merging = {
      suggestions: allowed
        .filter((style) => style.mergeTitleFieldText)
        .map((style) => ({
          title: style.mergeTitleFieldText?.trim() ?? null,
          body: style.mergeMessageFieldText?.trim() ?? null,
          // What a merge commit says is the same after a rebase.
          method: style.name === 'rebase-merge' ? 'merge' : style.name,
        })),
      words: new Map(allowed.map((style) => [style.textDoMerge ?? '', style.name])),
      chosen: (allowed.find((style) => style.name === defaultMergeStyle) ?? allowed[0])?.name ?? null,
    };
  } catch {
    // Not as it was: what is known otherwise will do.
  }
  return known.merging;
}

function chosen({ words, chosen }: Merging): string | null {
  const form = document.querySelector(FORM);
  if (!form) return null;
  const open = form.querySelector<HTMLButtonElement>('button[name="do"]')?.value;
  const button = [...form.querySelectorAll('button')].map((each) => words.get(each.textContent?.trim() ?? '')).find(Boolean);
  const style = open || button || chosen;
  return style ? method(style) : null;
}

function dialog(): Dialog | null {
  const [title, body] = [box('dialogTitle'), box('dialogBody')];
  return title || body ? { title: title?.value ?? null, body: body?.value ?? null, method: chosen(merging()) } : null;
}

function box(field: 'dialogTitle' | 'dialogBody'): Box | null {
  const found = document.querySelector<Box>(field === 'dialogTitle' ? MERGE_TITLE : MERGE_BODY);
  return visible(found) ? found : null;
}

/** `main` of `acme:main` and `main`; a branch's name holds no colon. */
function branch(element: Element | null | undefined): string | null {
  return element?.textContent?.trim().split(':').pop()?.trim() || null;
}

function branches(): [string | null, string | null] {
  const names = [...document.querySelectorAll('#pull-desc-display code, #pull-desc code, .pull-desc code')];
  const base = document.getElementById('branch_target') ?? names[1];
  // A copied name stands beside the head's.
  return [branch(base), branch(names.find((name) => name !== base && !base?.contains(name)))];
}

function state(): State | null {
  const label = first('.issue-state-label, .issue-title-meta .label, .title .ui.label');
  if (!label) return null;
  const drawn = label.querySelector('svg')?.getAttribute('class') ?? '';
  if (/git-merge/.test(drawn) || label.matches('.purple')) return 'merged';
  if (/closed/.test(drawn) || label.matches('.red')) return 'closed';
  if (/draft/.test(drawn) || label.matches('.grey')) return 'draft';
  return 'open';
}

function title(number: string | undefined): string | null {
  const stored = first<HTMLInputElement>(...TITLE_BOX);
  const written = stored?.dataset.oldTitle ?? stored?.getAttribute('value');
  if (written?.trim()) return written.trim();
  const text = document.querySelector(HEADING)?.textContent?.replace(/\s+/g, ' ').trim();
  return text?.replace(new RegExp(`\\s*#${number}$`), '') || null;
}

/** The pages of one of the two. */
export function gitea(forge: 'gitea' | 'forgejo'): Page {
  return {
    forge,

    kind(url): Kind {
      if (PULL.test(url.pathname)) return 'pull';
      return COMPARE.test(url.pathname) ? 'new' : null;
    },

    stay(url) {
      return PULL.exec(url.pathname)?.[1] ?? url.pathname;
    },

    read(url, kind) {
      const page = unread(url, forge);
      if (kind === 'new') {
        const form = first<HTMLInputElement>(...NEW_TITLE);
        if (!visible(form)) return null;
        page.title = (form as HTMLInputElement).value;
        page.titleEdited = true;
        page.description = first<HTMLTextAreaElement>(...NEW_BODY)?.value ?? null;
        const [base, head] = decodeURIComponent(COMPARE.exec(url.pathname)?.[1] ?? '').split(/\.{2,3}/);
        page.base = base || null;
        page.head = head?.split(':').pop() || null;
        return page;
      }
      if (!document.querySelector(HEADING)) return null;
      page.title = title(PULL.exec(url.pathname)?.[2]);
      if (page.title === null) return null;
      const edited = first<HTMLInputElement>(...TITLE_BOX);
      if (visible(edited)) {
        const { value } = edited as HTMLInputElement;
        page.titleEdited = value !== page.title;
        page.title = value;
      }
      [page.base, page.head] = branches();
      page.state = state();
      const tab = document.querySelector('.menu a[href$="/commits"]');
      page.commits = count((tab && within(tab, ['.label']))?.textContent);
      const told = merging();
      page.method = chosen(told);
      page.suggestions = told.suggestions;
      page.dialog = dialog();
      return page;
    },

    missing() {
      return first('.status-page-404, .page-content.status-page') !== null;
    },

    status(kind) {
      return kind === 'new' ? null : document.querySelector('.issue-state-label');
    },

    pill(kind): Place | null {
      if (kind === 'new') {
        const form = first(...NEW_TITLE);
        return visible(form) ? { beside: form, where: 'after', name: 'form' } : null;
      }
      const head = document.querySelector(HEADING);
      if (visible(head)) return { beside: head, where: 'after', name: 'title' };
      const editor = first(...TITLE_BOX)?.closest('form, .edit-zone, #issue-title-editor');
      return editor ? { beside: editor, where: 'after', name: 'form' } : null;
    },

    panel(kind): Place | null {
      if (kind === 'new') return null;
      const merge = first('.pull-merge-box', '.timeline-item.comment.merge', '.comment.merge.box');
      return merge ? { beside: merge, where: 'before', name: 'gitea' } : null;
    },

    box(field, kind): Box | null {
      switch (field) {
        case 'title': {
          const found = first<HTMLInputElement>(...(kind === 'new' ? NEW_TITLE : TITLE_BOX));
          return visible(found) ? (found as HTMLInputElement) : null;
        }
        case 'description':
          return kind === 'new' ? first<HTMLTextAreaElement>(...NEW_BODY) : null;
        case 'dialogTitle':
        case 'dialogBody':
          return box(field);
        default:
          return null;
      }
    },

    opener(field, kind) {
      if (kind === 'new') return null;
      if (field === 'title') return first('#issue-title-edit-show', '#edit-title');
      // The form opens by its button and submits nothing.
      const merges = field === 'dialogTitle' || field === 'dialogBody';
      return merges ? first(`${FORM} .merge-button > button:first-child`) : null;
    },
  };
}
