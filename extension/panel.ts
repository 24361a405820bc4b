// Paints a view: the pill beside the title and the panel. Shared by the content script, the popup and the
// playground. It decides nothing; what it shows stands in the view, what it says in _locales.

import type { AlternativeView } from '../build/wire/AlternativeView';
import type { Bump } from '../build/wire/Bump';
import type { EditView } from '../build/wire/EditView';
import type { Field } from '../build/wire/Field';
import type { FindingView } from '../build/wire/FindingView';
import type { LandedView } from '../build/wire/LandedView';
import type { LandingView } from '../build/wire/LandingView';
import type { ReasonView } from '../build/wire/ReasonView';
import type { Severity } from '../build/wire/Severity';
import type { SourceView } from '../build/wire/SourceView';
import type { SquashView } from '../build/wire/SquashView';
import type { Text } from '../build/wire/Text';
import { type Child, h, paint, type Wanted } from './dom';
import type { Block, Entry, Inline, Painted, PaintedRelease } from './entry';
import pillCss from './pill.css';
import { age, direction, line, plain, say, shown, ui } from './text';

/** What the panel's buttons do; a button whose deed is missing is not shown. */
export interface Deeds {
  /** Whether a text can be put into this field now. */
  applicable?: (field: Field) => boolean;
  /** Puts a text into its field, never submitting it; hands back what takes it out again, or null where it failed. */
  apply?: (edits: EditView[]) => Promise<(() => void) | null>;
  /** Whether a view is still of what stands on the page; where it is not, the page is read again. */
  current?: (view: Painted) => boolean;
  /** Chooses the release tool of this repository. */
  choose?: (tool: string) => void;
  /** Opens the options page. */
  options?: () => void;
  /** Asks again. */
  retry?: () => void;
}

/** Where something that squashcast did not understand is reported. */
export const REPORT = 'https://github.com/squashcast/squashcast/issues/new';

/** Said where a fix was not applied for what was typed meanwhile; it goes when that is painted. */
const CHANGED = 'ui_changed';

const FINDINGS_SHOWN = 3;
const REASONS_SHOWN = 3;
/** Of the branch's commits, where they land. */
const LANDED_SHOWN = 6;
/** Of packages, and of tools to choose from. */
const ROWS_SHOWN = 5;
/** How long a button says that it has done it, in milliseconds. */
const SAID = 2000;
const DAY = 86_400_000;
/** The popover's greatest width, its distance from the window's edge and from the button, in CSS pixels. */
const WIDTH = 560;
/** How far below the button what the popover must not hide may end, in CSS pixels. */
const BELOW = 120;
const EDGE = 8;
const GAP = 6;

const sheets = new Map<string, CSSStyleSheet>();

/** Gives a shadow root its style; a constructed sheet is not subject to the page's content policy. */
function style(root: ShadowRoot, ...texts: string[]): void {
  root.adoptedStyleSheets = texts.map((text) => {
    let sheet = sheets.get(text);
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      sheets.set(text, sheet);
    }
    return sheet;
  });
}

// One to three chevrons say the bump without colour; the rest are the usual signs.
const DRAWING: Record<string, string> = {
  none: 'M3.5 8h9',
  patch: 'M4 10l4-4 4 4',
  minor: 'M4 8.5l4-4 4 4M4 12.5l4-4 4 4',
  major: 'M4 6.5l4-4 4 4M4 10.5l4-4 4 4M4 14.5l4-4 4 4',
  unknown: 'M6 6.2C6 4.9 6.9 4 8 4s2 .8 2 2c0 1.6-2 1.8-2 3.3M8 12v.01',
  error: 'M8 4.5v4M8 11.2v.01M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3z',
  warning: 'M8 6v3.2M8 11.6v.01M8 2L14.5 13.6H1.5z',
  info: 'M8 7.4v3.8M8 4.8v.01M14.25 8A6.25 6.25 0 111.75 8a6.25 6.25 0 0112.5 0z',
};

function icon(name: string): Wanted {
  return h(
    'svg',
    { key: 'icon', class: `icon ${name}`, viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    h('path', { d: DRAWING[name] ?? DRAWING.unknown }),
  );
}

const SEVERITY: Record<Severity, string> = { error: 'ui_error', warning: 'ui_warning', info: 'ui_info' };
const BUMP: Record<Bump, string> = { none: 'ui_bump_none', patch: 'ui_bump_patch', minor: 'ui_bump_minor', major: 'ui_bump_major' };

function label(bump: Bump): Wanted {
  return h('span', { key: 'bump', class: `label ${bump}` }, icon(bump), ui(BUMP[bump]));
}

/** The view before the first answer; without words as long as there are none. */
export function waiting(forge: string, worded = true): Painted {
  const say = (id: string): Text => ({ id: worded ? id : '', args: [] });
  return blank(forge, 'loading', say('ui_loading'), say('ui_loading_label'));
}

/** The view of something that went wrong on this side of the core. */
export function broken(forge: string, text: Text, remedy: Text | null, detail: string): Painted {
  const view = blank(forge, 'failed', { id: 'ui_unknown', args: [] }, text);
  view.failures.push({ text, remedy, until: null, detail });
  return view;
}

function blank(forge: string, phase: Painted['phase'], word: Text, label: Text): Painted {
  const pill: Painted['pill'] = { bump: null, word, version: null, findings: 0, severity: null, label };
  return {
    phase,
    forge,
    repository: '',
    pill,
    squash: null,
    landing: null,
    tool: null,
    noTool: null,
    releases: [],
    nothing: null,
    alternatives: [],
    findings: [],
    assumptions: [],
    failures: [],
    sources: [],
  };
}

/** The pill: a button with the bump's word, the version, and a mark where there are findings. */
export class Pill {
  readonly #root: ShadowRoot;
  readonly #toggled: ((open: boolean) => void) | null;
  readonly #seen: () => Element | null;
  readonly #announced = new Set<string>();
  #view: Painted;
  #open = false;
  #announcement = '';
  #speaking: ReturnType<typeof setTimeout> | undefined;

  /**
   * Opens a popover that holds what is put into the host; `toggled` is told just before it opens and after it closed.
   * Without it the pill is a picture: its panel stands beside it anyway. `seen` is what stays to be seen below the button.
   */
  constructor(root: ShadowRoot, view: Painted, toggled: ((open: boolean) => void) | null, seen: () => Element | null = () => null) {
    style(root, pillCss);
    this.#root = root;
    this.#toggled = toggled;
    this.#seen = seen;
    this.#view = view;
    this.paint(view);
  }

  /** Whether the popover is open. */
  get open(): boolean {
    return this.#open;
  }

  /** Opens the popover again, where the page has moved the pill from under it. */
  reopen(): void {
    const popover = this.#root.querySelector<HTMLElement>('.popover');
    if (popover?.isConnected && !popover.matches(':popover-open')) popover.showPopover();
  }

  /** Closes the popover. */
  close(): void {
    const popover = this.#root.querySelector<HTMLElement>('.popover');
    if (popover?.matches(':popover-open')) popover.hidePopover();
  }

  /** Shows a view. */
  paint(view: Painted): void {
    this.#view = view;
    this.#paint();
    this.#announce();
  }

  #paint(): void {
    const { pill, phase } = this.#view;
    // Who speaks to the browser says what stands there: the name begins with it, word for word.
    const seen = [line(pill.word), pill.version === null ? '' : plain(pill.version)].filter(Boolean).join(' ');
    const counted = pill.findings > 0 ? ` ${ui('ui_pill_findings', String(pill.findings))}` : '';
    const words = seen ? `${seen}: ${line(pill.label)}${counted}` : null;
    const shape = pill.bump ?? 'unknown';
    const opens = this.#toggled !== null;
    paint(
      this.#root,
      h(
        opens ? 'button' : 'span',
        {
          key: 'pill',
          class: `pill ${shape} ${phase}`,
          // Without words there is no direction to ask for yet.
          dir: words === null ? null : direction(),
          title: words,
          'aria-label': words,
          'aria-busy': phase === 'loading' ? 'true' : null,
          ...(opens
            ? { type: 'button', 'aria-expanded': String(this.#open), 'aria-controls': 'panel', popovertarget: 'panel' }
            : { role: 'img' }),
        },
        phase === 'loading' && !pill.bump
          ? h('span', { key: 'dots', class: 'dots', 'aria-hidden': 'true' }, h('i', null), h('i', null), h('i', null))
          : icon(shape),
        h('span', { class: 'word' }, line(pill.word)),
        ' ',
        pill.version !== null && h('span', { class: 'version', dir: 'ltr' }, plain(pill.version)),
        pill.severity !== null &&
          pill.findings > 0 &&
          h('span', { class: `mark ${pill.severity}`, 'data-count': pill.findings }, icon(pill.severity)),
      ),
      opens &&
        h(
          'div',
          {
            key: 'panel',
            id: 'panel',
            class: 'popover',
            popover: 'auto',
            onbeforetoggle: (event) => this.#before(event as ToggleEvent),
            ontoggle: (event) => this.#after(event as ToggleEvent),
          },
          h('slot', null),
        ),
      h('span', { key: 'status', class: 'unseen', role: 'status' }, this.#announcement),
    );
  }

  // The popover hangs below the button and scrolls with the page; from the window's corner it rises instead.
  #before({ newState }: ToggleEvent): void {
    const button = this.#root.querySelector('button');
    if (newState !== 'open') {
      // What stands in the slot is no part of the popover to the browser, which gives the focus back only from there.
      if (this.#root.host.contains(document.activeElement)) button?.focus();
      return;
    }
    this.#toggled?.(true);
    const popover = this.#root.querySelector<HTMLElement>('.popover');
    if (!button || !popover) return;
    const { left, top, bottom } = button.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const width = Math.min(WIDTH, room - 2 * EDGE);
    const from = Math.max(EDGE, Math.min(left, room - EDGE - width));
    const rises = innerHeight - bottom < 160 && top > innerHeight / 2;
    const end = this.#seen()?.getBoundingClientRect().bottom ?? bottom;
    const below = end > bottom && end - bottom < BELOW && end < innerHeight / 2 ? end : bottom;
    popover.style.width = `${width}px`;
    popover.style.position = rises ? 'fixed' : 'absolute';
    popover.style.left = `${from + (rises ? 0 : scrollX)}px`;
    popover.style.top = rises ? 'auto' : `${below + GAP + scrollY}px`;
    popover.style.bottom = rises ? `${innerHeight - top + GAP}px` : 'auto';
  }

  #after({ newState }: ToggleEvent): void {
    this.#open = newState === 'open';
    if (!this.#open) this.#toggled?.(false);
    this.#paint();
  }

  // Findings are said once, when they have stood for a moment: what comes and goes while a title is typed is not.
  #announce(): void {
    clearTimeout(this.#speaking);
    const fresh = this.#view.findings.filter((finding) => !this.#announced.has(name(finding)));
    if (fresh.length === 0) return;
    this.#speaking = setTimeout(() => {
      for (const finding of fresh) this.#announced.add(name(finding));
      this.#announcement = fresh.map((finding) => `${ui(SEVERITY[finding.severity])}: ${line(finding.text)}`).join(' ');
      this.#paint();
    }, 1000);
  }

  /** Stops what is still to come. */
  stop(): void {
    clearTimeout(this.#speaking);
  }
}

function name(finding: FindingView): string {
  return [finding.id, finding.text.id, ...finding.text.args].join('\n');
}

/** The panel: everything that is known, in the order in which it is wanted. */
export class Panel {
  readonly #root: ShadowRoot;
  readonly #deeds: Deeds;
  #view: Painted;
  #all = new Set<string>();
  #raw = new Set<string>();
  #done = '';
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #undo: (() => void) | null = null;
  #notice = '';
  #styled = false;
  #css = '';
  #worn: string | null = null;
  // A box that scrolls must be reached by keyboard, one that does not must not be a stop on the way. The observer tells
  // when the page has been laid out anyway; asking after painting would lay it out once more.
  readonly #boxes = new WeakSet<Element>();
  readonly #sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollHeight > target.clientHeight + 1) (target as HTMLElement).tabIndex = 0;
      else target.removeAttribute('tabindex');
    }
  });

  /** Nothing is painted yet: a panel that is not seen costs nothing. */
  constructor(root: ShadowRoot, view: Painted, deeds: Deeds) {
    this.#root = root;
    this.#deeds = deeds;
    this.#view = view;
  }

  /** Whether the panel has its style sheet. */
  get dressed(): boolean {
    return this.#styled;
  }

  /** Gives the panel its style sheet, which does not stand here: the content script gets it from the background. */
  dress(css: string): void {
    this.#styled ||= css !== '';
    this.#css = css;
    if (this.#worn !== null) this.#wear();
  }

  // A sheet is read when there is something to wear it.
  #wear(): void {
    if (this.#worn === this.#css) return;
    this.#worn = this.#css;
    style(this.#root, pillCss, this.#css);
  }

  /** Shows a view; without one, the same again: ages and what can be applied may have changed. */
  paint(view: Painted = this.#view): void {
    this.#wear();
    if (view !== this.#view && this.#notice === CHANGED) this.#notice = '';
    this.#view = view;
    const { phase } = view;
    paint(
      this.#root,
      h(
        'section',
        { class: `panel ${phase}`, dir: direction(), 'aria-label': ui('ui_panel'), 'aria-busy': phase === 'loading' ? 'true' : null },
        this.#head(view),
        h(
          'div',
          { key: 'body', class: 'body' },
          this.#told(),
          view.failures.length > 0 && this.#failures(view),
          view.findings.length > 0 && this.#findings(view.findings),
          view.releases.length > 1 && this.#releases(view.releases),
          view.alternatives.length > 0 && this.#alternatives(view.alternatives),
          view.landing && view.landing.commits.length > 0 && this.#landing(view.landing),
          view.squash ? this.#squash('ui_squash', view.squash, view.landing) : !view.landing && phase === 'loading' && skeleton(),
          view.landing?.merge && this.#squash('ui_merge', view.landing.merge, null),
          view.releases.length === 1 && view.releases.map((release) => this.#release(release)),
          view.assumptions.length > 0 && assumptions(view.assumptions),
        ),
        this.#foot(view),
      ),
    );
    for (const box of this.#root.querySelectorAll('.scroll')) {
      if (this.#boxes.has(box)) continue;
      this.#boxes.add(box);
      this.#sizes.observe(box);
    }
  }

  #head(view: Painted): Wanted {
    const first = view.releases[0];
    const { pill, tool } = view;
    return h(
      'header',
      { class: `head ${pill.bump ?? 'unknown'}` },
      h(
        'h2',
        { class: 'version-line' },
        view.releases.length === 1 && first
          ? [label(first.bump), versions(first)]
          : [
              h(
                'span',
                { key: 'bump', class: `label ${pill.bump ?? 'unknown'}` },
                pill.bump || view.phase !== 'loading' ? icon(pill.bump ?? 'unknown') : null,
                line(pill.word),
              ),
              view.releases.length > 1 && h('span', { key: 'count', class: 'count' }, ui('ui_releases', String(view.releases.length))),
            ],
      ),
      tool
        ? h(
            'p',
            { key: 'tool', class: 'tool' },
            h('b', null, ...shown(tool.name)),
            ' ',
            h('span', { class: 'muted' }, ...say(tool.recognised)),
          )
        : view.noTool && h('p', { key: 'no-tool', class: 'tool muted' }, ...say(view.noTool)),
      view.nothing && h('p', { key: 'nothing', class: 'nothing' }, ...say(view.nothing)),
    );
  }

  // The place of what is said is there before it is said; else it is not read out.
  #told(): Wanted {
    return h(
      'div',
      { key: 'notice', class: 'notice', role: 'status' },
      this.#notice && h('span', null, ui(this.#notice)),
      this.#undo && h('button', { type: 'button', class: 'button', onclick: () => this.#takeBack() }, ui('ui_undo')),
    );
  }

  #takeBack(): void {
    this.#undo?.();
    this.#undo = null;
    this.#notice = '';
    this.paint();
  }

  #findings(findings: FindingView[]): Wanted {
    const all = this.#all.has('findings');
    const more = findings.length - FINDINGS_SHOWN;
    const seen = all ? findings : findings.slice(0, FINDINGS_SHOWN);
    return h(
      'section',
      { key: 'findings', class: 'findings', 'aria-labelledby': 'findings' },
      h('h3', { id: 'findings', class: 'unseen' }, ui('ui_findings')),
      h(
        'ul',
        null,
        seen.map((finding) => this.#finding(finding)),
      ),
      more > 0 && this.#more('findings', more),
    );
  }

  #more(what: string, count: number): Wanted {
    const all = this.#all.has(what);
    const toggle = () => {
      if (all) this.#all.delete(what);
      else this.#all.add(what);
      this.paint();
    };
    return h(
      'button',
      { key: `more ${what}`, type: 'button', class: 'link', 'aria-expanded': String(all), onclick: toggle },
      all ? ui('ui_fewer') : ui('ui_more', String(count)),
    );
  }

  #finding(finding: FindingView): Wanted {
    const { severity, place, fix } = finding;
    return h(
      'li',
      { key: name(finding), class: `finding ${severity}` },
      icon(severity),
      h(
        'div',
        { key: 'text' },
        h('p', null, h('b', null, ui(SEVERITY[severity]), ': '), ...say(finding.text)),
        place &&
          h(
            'p',
            { key: 'place', class: 'place' },
            h('span', { class: 'field' }, ui(`ui_field_${place.field}`)),
            h(
              'code',
              { dir: 'auto' },
              ...shown(place.before),
              h('mark', null, ...(place.marked ? shown(place.marked) : ['\u00A0'])),
              ...shown(place.after),
            ),
          ),
        fix.length > 0 && this.#fix(fix, name(finding)),
      ),
    );
  }

  // Several edits belong together: each is named by its box, and one button puts them all in.
  #fix(edits: EditView[], key: string): Wanted {
    const into = this.#deeds.apply && edits.every(({ field }) => this.#deeds.applicable?.(field) ?? false);
    const apply =
      into &&
      h(
        'button',
        { key: 'apply', type: 'button', class: 'button primary', onclick: () => void this.#apply(edits) },
        ui(edits.length > 1 ? 'ui_apply_all' : 'ui_apply'),
      );
    return h(
      'div',
      { key: 'fix', class: 'fix' },
      edits.map(({ field, value }) => {
        const name = edits.length > 1 ? `${ui('ui_better')}: ${ui(`ui_field_${field}`)}` : ui('ui_better');
        return h(
          'div',
          { key: field, class: 'edit' },
          h('span', { class: 'field' }, name),
          h('code', { class: 'scroll', dir: 'auto', role: 'group', 'aria-label': name }, ...shown(value)),
          h('span', { class: 'buttons' }, edits.length === 1 && apply, this.#copy(value, `fix ${field} ${key}`)),
        );
      }),
      edits.length > 1 && apply,
    );
  }

  async #apply(edits: EditView[]): Promise<void> {
    // What was typed since this was painted is not overwritten with what would mend the text before.
    if (this.#deeds.current?.(this.#view) === false) {
      this.#notice = CHANGED;
      this.paint();
      return;
    }
    this.#undo = (await this.#deeds.apply?.(edits)) ?? null;
    this.#notice = this.#undo ? 'ui_applied' : 'ui_not_applied';
    this.paint();
  }

  #copy(text: string, key: string): Wanted {
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(text);
        this.#say(key);
      } catch {
        this.#say(`not ${key}`);
      }
    };
    const words = this.#done === key ? 'ui_copied' : this.#done === `not ${key}` ? 'ui_not_copied' : 'ui_copy';
    return h('button', { key: 'copy', type: 'button', class: 'button', 'aria-live': 'polite', onclick: () => void copy() }, ui(words));
  }

  #say(done: string): void {
    clearTimeout(this.#quiet);
    this.#done = done;
    this.paint();
    this.#quiet = setTimeout(() => {
      this.#done = '';
      this.paint();
    }, SAID);
  }

  #landing(landing: LandingView): Wanted {
    const all = this.#all.has('landing');
    const { commits } = landing;
    const more = commits.length - LANDED_SHOWN;
    const row = ({ subject, sha, url, bump }: LandedView, index: number) =>
      h(
        'li',
        { key: index },
        bump && label(bump),
        h(
          'p',
          { key: 'commit', class: 'commit' },
          h('bdi', { class: 'subject' }, ...shown(subject)),
          ' ',
          sha !== null && link(url, h('code', { dir: 'ltr' }, plain(sha))),
        ),
      );
    return h(
      'section',
      { key: 'landing', 'aria-labelledby': 'landing' },
      h('h3', { id: 'landing' }, ui('ui_landing')),
      h('ul', { class: 'reasons landing' }, (all ? commits : commits.slice(0, LANDED_SHOWN)).map(row)),
      more > 0 && this.#more('landing', more),
      all && landing.more > 0 && h('p', { key: 'cut', class: 'muted' }, `+ ${landing.more}`),
      method(landing),
    );
  }

  #squash(title: 'ui_squash' | 'ui_merge', { subject, body, rule, assumed }: SquashView, landing: LandingView | null): Wanted {
    const whole = body ? `${subject}\n\n${body}` : subject;
    return h(
      'section',
      { key: title, 'aria-labelledby': title },
      h('div', { class: 'bar' }, h('h3', { id: title }, ui(title)), this.#copy(whole, title)),
      h(
        'div',
        { class: 'message scroll', role: 'group', 'aria-labelledby': title },
        h('p', { class: 'subject', dir: 'auto' }, ...shown(subject)),
        body && h('pre', { class: 'rest', dir: 'auto' }, ...shown(body)),
      ),
      h('p', { class: 'rule' }, assumed && h('span', { key: 'assumed', class: 'tag' }, ui('ui_assumed')), assumed && ' ', ...say(rule)),
      landing && method(landing),
    );
  }

  #releases(releases: PaintedRelease[]): Wanted {
    const all = this.#all.has('releases');
    const seen = all ? releases : releases.slice(0, ROWS_SHOWN);
    return h(
      'section',
      { key: 'releases', 'aria-labelledby': 'releases' },
      h('h3', { id: 'releases' }, ui('ui_packages')),
      h(
        'ul',
        { class: 'packages' },
        seen.map((release) =>
          h(
            'li',
            { key: release.component },
            h(
              'details',
              null,
              h(
                'summary',
                { title: plain(release.tag) },
                h('bdi', { class: 'component' }, ...shown(release.component || release.tag)),
                versions(release),
                label(release.bump),
              ),
              this.#release(release),
            ),
          ),
        ),
      ),
      releases.length > ROWS_SHOWN && this.#more('releases', releases.length - ROWS_SHOWN),
    );
  }

  #release({ component, reasons, more, entry }: PaintedRelease): Child[] {
    return [reasons.length > 0 && this.#reasons(reasons, more, component), entry && this.#entry(entry, component)];
  }

  #reasons(reasons: ReasonView[], more: number, component: string): Wanted {
    const key = `reasons ${component}`;
    const all = this.#all.has(key);
    const seen = all ? reasons : reasons.slice(0, REASONS_SHOWN);
    return h(
      'section',
      { key, 'aria-label': ui('ui_why') },
      h('h3', null, ui('ui_why')),
      h(
        'ul',
        { class: 'reasons' },
        seen.map((reason, index) => why(reason, index)),
      ),
      reasons.length > REASONS_SHOWN && this.#more(key, reasons.length - REASONS_SHOWN),
      all && more > 0 && h('p', { key: 'cut', class: 'muted' }, `+ ${more}`),
    );
  }

  #entry(entry: Entry, component: string): Wanted {
    const key = `entry ${component}`;
    const raw = this.#raw.has(key);
    const toggle = () => {
      if (raw) this.#raw.delete(key);
      else this.#raw.add(key);
      this.paint();
    };
    return h(
      'section',
      { key, 'aria-label': ui('ui_entry') },
      h(
        'div',
        { class: 'bar' },
        h('h3', null, ui('ui_entry')),
        h('button', { key: 'raw', type: 'button', class: 'button', 'aria-pressed': String(raw), onclick: toggle }, ui('ui_raw')),
        this.#copy(entry.raw, key),
      ),
      raw
        ? h('pre', { key: 'raw', class: 'entry raw scroll', dir: 'auto', role: 'group', 'aria-label': ui('ui_entry') }, ...shown(entry.raw))
        : h('div', { key: 'rendered', class: 'entry scroll', role: 'group', 'aria-label': ui('ui_entry') }, ...blocks(entry.blocks)),
    );
  }

  #alternatives(alternatives: AlternativeView[]): Wanted {
    const seen = this.#all.has('alternatives') ? alternatives : alternatives.slice(0, ROWS_SHOWN);
    return h(
      'section',
      { key: 'alternatives', 'aria-labelledby': 'alternatives' },
      h('h3', { id: 'alternatives' }, ui('ui_alternatives')),
      h(
        'ul',
        { class: 'alternatives' },
        seen.map(({ id, name, bump, next }) =>
          h(
            'li',
            { key: id },
            h('b', { class: 'component' }, ...shown(name)),
            h(
              'span',
              { class: 'outcome' },
              bump === null ? h('span', { key: 'none', class: 'muted' }, ui('ui_not_by_messages')) : label(bump),
              next !== null && h('span', { key: 'next', class: 'next', dir: 'ltr' }, plain(next)),
            ),
            this.#deeds.choose &&
              h(
                'button',
                {
                  key: 'choose',
                  type: 'button',
                  class: 'button',
                  'aria-label': ui('ui_choose_label', name),
                  onclick: () => this.#deeds.choose?.(id),
                },
                ui('ui_choose'),
              ),
          ),
        ),
      ),
      alternatives.length > ROWS_SHOWN && this.#more('alternatives', alternatives.length - ROWS_SHOWN),
    );
  }

  #failures({ failures, repository }: Painted): Wanted {
    const now = Date.now();
    return h(
      'section',
      { key: 'failures', class: 'failures', 'aria-label': ui('ui_failures') },
      h(
        'ul',
        null,
        failures.map((failure, index) =>
          h(
            'li',
            { key: index, class: 'failure warning' },
            icon('warning'),
            h(
              'div',
              { key: 'text' },
              h('p', null, ...say(failure.text)),
              failure.remedy && h('p', { key: 'remedy', class: 'muted' }, ...say(failure.remedy)),
              failure.until !== null && failure.until > now && h('p', { key: 'until', class: 'muted' }, until(failure.until, now)),
              failure.detail &&
                h('details', { key: 'detail' }, h('summary', null, ui('ui_detail')), h('code', { dir: 'auto' }, ...shown(failure.detail))),
            ),
          ),
        ),
      ),
      h(
        'p',
        { class: 'buttons' },
        this.#deeds.retry &&
          h('button', { key: 'retry', type: 'button', class: 'button', onclick: () => this.#deeds.retry?.() }, ui('ui_retry')),
        // A token lifts what a forge refuses; it does not help where we have failed ourselves.
        repository !== '' &&
          this.#deeds.options &&
          h('button', { key: 'options', type: 'button', class: 'button', onclick: () => this.#deeds.options?.() }, ui('ui_token')),
      ),
    );
  }

  #foot(view: Painted): Wanted {
    return h(
      'footer',
      { class: 'foot' },
      view.sources.length > 0 ? sources(view.sources, () => this.paint()) : h('span', { key: 'none', class: 'space' }),
      h('a', { class: 'link', href: REPORT, target: '_blank', rel: 'noopener noreferrer' }, ui('ui_report')),
      this.#deeds.options &&
        h('button', { key: 'options', type: 'button', class: 'link', onclick: () => this.#deeds.options?.() }, ui('ui_options')),
    );
  }
}

// How it is merged, and where that is known from.
function method({ method, from, assumed }: LandingView): Wanted {
  return h(
    'p',
    { key: 'method', class: 'rule method' },
    assumed && h('span', { key: 'assumed', class: 'tag' }, ui('ui_assumed')),
    assumed && ' ',
    ...say(method),
    ' ',
    ...say(from),
  );
}

/** A time of today with how long that is, a later one with its date. */
function until(at: number, now: number): string {
  const date = new Date(at);
  if (at - now < DAY) return ui('ui_until', date.toLocaleTimeString(undefined, { timeStyle: 'short' }), age(at, now));
  return ui('ui_until_date', date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }));
}

function versions({ previous, next }: PaintedRelease): Wanted {
  return h(
    'span',
    { key: 'versions', class: 'versions', dir: 'ltr' },
    previous !== null
      ? [h('span', { class: 'previous' }, plain(previous)), h('span', { class: 'arrow', 'aria-label': ui('ui_to'), role: 'img' }, '→')]
      : h('span', { key: 'first', class: 'muted' }, ui('ui_first')),
    h('span', { class: 'next' }, plain(next)),
  );
}

function why({ bump, rule, subject, sha, url, own }: ReasonView, index: number): Wanted {
  return h(
    'li',
    { key: index },
    label(bump),
    h(
      'div',
      { key: 'why' },
      subject !== null &&
        h(
          'p',
          { key: 'commit', class: 'commit' },
          h('bdi', { class: 'subject' }, ...shown(subject)),
          ' ',
          own ? h('span', { key: 'own', class: 'tag' }, ui('ui_own')) : sha !== null && link(url, h('code', { dir: 'ltr' }, plain(sha))),
        ),
      h('p', { key: 'rule', class: 'muted' }, ...say(rule)),
    ),
  );
}

// Only the web's own addresses are followed, whatever the view says.
function link(href: string | null, ...children: Child[]): Child {
  return href !== null && /^https?:\/\//i.test(href)
    ? h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...children)
    : children;
}

function inline(runs: Inline[]): Child[] {
  return runs.map((run, index) => {
    let children: Child[] = shown(run.text);
    if (run.code) children = [h('code', null, ...children)];
    if (run.strong) children = [h('strong', null, ...children)];
    if (run.emphasis) children = [h('em', null, ...children)];
    return run.href === null ? children : h('bdi', { key: index }, link(run.href, ...children));
  });
}

// Headings of an entry are shown as such but are no headings of this page: its outline is not the entry's.
function blocks(all: Block[]): Child[] {
  return all.map((block, index) => {
    const key = index;
    switch (block.kind) {
      case 'heading':
        return h('p', { key, class: `heading level-${block.level}`, dir: 'auto' }, ...inline(block.content));
      case 'paragraph':
        return h('p', { key, dir: 'auto' }, ...inline(block.content));
      case 'item':
        return h('p', { key, class: `item depth-${Math.min(block.depth, 3)}`, dir: 'auto' }, ...inline(block.content));
      case 'code':
        return h('pre', { key, dir: 'auto' }, ...shown(block.text));
      default:
        return h('hr', { key });
    }
  });
}

function assumptions(all: Text[]): Wanted {
  return h(
    'section',
    { key: 'assumptions', 'aria-labelledby': 'assumptions' },
    h('h3', { id: 'assumptions' }, ui('ui_assumptions')),
    h(
      'ul',
      { class: 'plain' },
      all.map((text, index) => h('li', { key: index }, ...say(text))),
    ),
  );
}

function sources(all: SourceView[], again: () => void): Wanted {
  const now = Date.now();
  const oldest = Math.min(...all.map(({ at }) => at));
  return h(
    'details',
    { key: 'sources', class: 'sources', ontoggle: again },
    h('summary', null, ui('ui_sources', age(oldest, now))),
    h(
      'ul',
      null,
      all.map(({ text, at }, index) => h('li', { key: index }, ...say(text), ' ', h('span', { class: 'muted' }, age(at, now)))),
    ),
  );
}

function skeleton(): Wanted {
  return h('div', { key: 'skeleton', class: 'skeleton', 'aria-hidden': 'true' }, h('i', null), h('i', null), h('i', null));
}
