// What the base module offers: the exports of src/web, as the glue that the bundler puts in the place of `./core.js`
// hands them out.
import type { PageContext } from '../build/wire/PageContext';
import type { PanelView } from '../build/wire/PanelView';
import type { Settings } from '../build/wire/Settings';

/** Loads and starts the Wasm; once started, the same instance is kept. */
export default function init(input?: { module_or_path: string | URL | Response | WebAssembly.Module }): Promise<unknown>;

/** Puts a new instance in the place of one that trapped. */
export function __wbg_reset_state(): void;

/**
 * Previews a pull request; `paint` is called at once with what is known, and last with the final view. True where the
 * next module, which holds more, has to do it.
 */
export function preview(
  page: PageContext,
  settings: Settings,
  tokens: Record<string, string>,
  paint: (view: PanelView) => void,
  signal: AbortSignal,
): Promise<boolean>;

/** Forgets all answers and failures: the reader asked for another try. */
export function forget(): Promise<void>;

/**
 * The pull request that an address is of; undefined where it is none. `number` is null on the page of a new one. On a
 * forge of the user's own, `forge` says which it is and `root` where its pages begin.
 */
export function locate(
  url: string,
  forge?: string,
  root?: string,
): { forge: string; repository: string; number: number | null } | undefined;
