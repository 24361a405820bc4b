// GitLab: pages of the server with Vue inside, whole page loads but for a merge request's own tabs. Read against a page
// of 2019 and against the templates of GitLab 17 (`projects/merge_requests/_mr_title.html.haml`, `_form.html.haml`,
// `vue_merge_request_widget/components/states/ready_to_merge.vue`). The script runs on gitlab.com, and wherever the user
// has said that there is a GitLab, maybe below a path: addresses are told by their end.

import type { Dialog } from '../../build/wire/Dialog';
import type { State } from '../../build/wire/State';
import { type Box, count, first, type Kind, type Page, type Place, unread, visible, written } from './page';

// Before version 13 there was no `/-/`.
const PULL = /^\/[^/]+\/(?:[^/]+\/)*?[^/]+\/(?:-\/)?merge_requests\/(\d+)(?:\/(.*))?$/;
const NEW = /^\/[^/]+\/(?:[^/]+\/)*?[^/]+\/(?:-\/)?merge_requests\/new(?:\/.*)?$/;

const HEADING = ['h1[data-testid="title-content"]', '.detail-page-description h2.title', '.detail-page-header h1.title', 'h1.title'];
const TITLE_BOX = ['#merge_request_title', 'input[name="merge_request[title]"]'];
const BODY_BOX = ['#merge_request_description', 'textarea[name="merge_request[description]"]'];
const STATUS = ['.issuable-status-badge', '.merge-request .issuable-status-box', '.status-box'];
const STATES: Record<string, State> = { open: 'open', opened: 'open', merged: 'merged', 'mr-merged': 'merged', closed: 'closed' };
const DRAFT = /^\s*(\[draft\]|\(draft\)|draft:|\[wip\]|wip:)/i;

function titleBox(): Box | null {
  return first<HTMLInputElement>(...TITLE_BOX);
}

/** The title to the letter: the heading is painted, with links and pictures in it. */
function title(number: string): string | null {
  const said = document.querySelector<HTMLMetaElement>('meta[property="og:title"]')?.content ?? '';
  const end = said.lastIndexOf(` (!${number}) · `);
  const painted = written(first(...HEADING));
  // What looks like markup is taken out of the one, and stands in the other.
  return end > 0 && !/<|&lt;/.test(painted ?? '') ? said.slice(0, end) : painted;
}

/** A value of the JSON that the page begins with; today's has fewer of them than 2019's had. */
function embedded(name: string): string | null {
  for (const script of document.scripts) {
    const text = script.src ? '' : script.text;
    const at = text.indexOf('mrWidgetData');
    if (at < 0) continue;
    const found = new RegExp(`"${name}":("(?:[^"\\\\]|\\\\.)*")`).exec(text.slice(at));
    return found?.[1] ? JSON.parse(found[1]) : null;
  }
  return null;
}

function branches(): [string | null, string | null] {
  const links = [...document.querySelectorAll<HTMLElement>('.merge-request .ref-container')];
  const named = (element: Element | null | undefined) => element?.getAttribute('title') || element?.textContent?.trim() || null;
  const head = embedded('source_branch') ?? named(first('.js-source-branch a') ?? links[0]);
  const base = embedded('target_branch') ?? named(first('.js-target-branch') ?? links[1]);
  return [base, head];
}

function state(name: string | null): State | null {
  const badge = first(...STATUS);
  const kind = /status-(?:box|badge)-([a-z-]+)/.exec(badge?.className ?? '')?.[1] ?? '';
  // The badge's word is in the reader's language, its class was not always there.
  const found = STATES[kind] ?? STATES[(badge?.textContent ?? '').trim().toLowerCase()] ?? null;
  return found === 'open' && DRAFT.test(name ?? '') ? 'draft' : found;
}

function box(id: string): HTMLTextAreaElement | null {
  const found = document.getElementById(id);
  return found instanceof HTMLTextAreaElement && visible(found) ? found : null;
}

/** The widget's box "squash", and the texts while they are being edited. */
function dialog(): Dialog | null {
  const squash = first<HTMLInputElement>(
    '.mr-state-widget input[type="checkbox"][name="squash"]',
    'input[type="checkbox"].js-squash-checkbox',
  );
  const [body, merge] = [box('squash-message-edit'), box('merge-message-edit')];
  const seen = squash && visible(squash.closest('label, div') ?? squash);
  if (!seen && !body && !merge) return null;
  // With both boxes open there will be two commits; else whether a merge commit follows is the project's rule.
  const squashes = body !== null || (seen === true && squash?.checked === true);
  const method = squashes ? (merge ? 'squash-merge' : 'squash') : seen || merge ? 'merge' : null;
  return { title: null, body: (body ?? merge)?.value ?? null, method, ...(body && merge ? { merge: merge.value } : {}) };
}

export const gitlab: Page = {
  forge: 'gitlab',

  kind(url): Kind {
    if (PULL.test(url.pathname)) return 'pull';
    return NEW.test(url.pathname) ? 'new' : null;
  },

  stay: (url) => url.pathname.replace(/(\/merge_requests\/\d+).*/, '$1'),

  read(url, kind) {
    const page = unread(url, 'gitlab');
    const input = titleBox();
    if (kind === 'new') {
      if (!input) return null;
      page.title = input.value;
      page.titleEdited = true;
      page.description = first<HTMLTextAreaElement>(...BODY_BOX)?.value ?? null;
      page.base = first<HTMLInputElement>('input[name="merge_request[target_branch]"]')?.value || null;
      page.head = first<HTMLInputElement>('input[name="merge_request[source_branch]"]')?.value || null;
      const squash = first<HTMLInputElement>('input[type="checkbox"][name="merge_request[squash]"]');
      if (squash) page.dialog = { title: null, body: null, method: squash.checked ? 'squash' : 'merge' };
      return page;
    }
    page.title = title(PULL.exec(url.pathname)?.[1] ?? '');
    // The title is edited on a page of its own.
    if (visible(input)) {
      page.titleEdited = input.value !== input.defaultValue;
      page.title = input.value;
      page.description = first<HTMLTextAreaElement>(...BODY_BOX)?.value ?? null;
    }
    if (page.title === null) return null;
    [page.base, page.head] = branches();
    page.state = state(page.title);
    page.commits = count(first('.commits-tab .badge, .commits-tab .gl-badge', '[data-testid="commits-tab"] .gl-badge')?.textContent);
    page.dialog = dialog();
    return page;
  },

  missing() {
    // Where it is served below a path the address alone may be anybody's: GitLab's own pages say whose they are.
    return document.body.dataset.page === undefined || /^(Not Found|Page not found|404)\b/i.test(document.title);
  },

  pill(kind): Place | null {
    const input = titleBox();
    if (kind === 'new' || visible(input)) return visible(input) ? { beside: input, where: 'after', name: 'form' } : null;
    const heading = first(...HEADING);
    if (!heading) return null;
    // 2019's title has a line of its own; today's stands in a row with its buttons.
    return heading.localName === 'h2'
      ? { beside: heading, where: 'end', name: 'inline' }
      : { beside: heading, where: 'after', name: 'title' };
  },

  status(kind) {
    // 2019's stands above the title, in nobody's way.
    return kind === 'new' ? null : (first('.issuable-status-badge')?.parentElement ?? null);
  },

  panel(kind): Place | null {
    if (kind === 'new') return null;
    const widget = first('.mr-state-widget', '#js-vue-mr-widget');
    // On the other tabs it is hidden with its tab.
    return visible(widget) ? { beside: widget, where: 'before', name: 'gitlab' } : null;
  },

  box(field, kind) {
    const seen = (found: Box | null) => (visible(found) ? found : null);
    switch (field) {
      case 'title':
        return seen(titleBox());
      case 'description':
        return kind === 'new' ? seen(first<HTMLTextAreaElement>(...BODY_BOX)) : null;
      // One box holds the whole message.
      case 'dialogBody':
        return box('squash-message-edit');
      default:
        return null;
    }
  },

  opener(field) {
    // The widget's "Edit commit message". The title's "Edit" leads to another page.
    if (field !== 'dialogBody') return null;
    return first('input[data-testid="widget_edit_commit_message"]', '[data-testid="widget_edit_commit_message"] input');
  },
};
