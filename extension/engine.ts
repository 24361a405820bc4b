// One Wasm module: started when it is first wanted, and made anew after a trap.

import type { PageContext } from '../build/wire/PageContext';
import type { PanelView } from '../build/wire/PanelView';
import type { Settings } from '../build/wire/Settings';
import type * as core from './core.js';

/** A preview that takes longer is given up, in milliseconds: every request has a limit of its own of 10 s. */
const PATIENCE = 60_000;

/** What all modules offer. */
export type Module = Pick<typeof core, 'default' | '__wbg_reset_state' | 'preview' | 'locate' | 'forget'>;

/** Whether an error is a Wasm trap. */
export function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError;
}

export class Engine {
  readonly #module: Module;
  #started: Promise<unknown> | null = null;
  /** What still runs in the instance; all of it ends with the instance. */
  readonly #running = new Set<(trap: Error) => void>();
  #trapped = false;

  constructor(module: Module) {
    this.#module = module;
  }

  /** Whether it was ever wanted. */
  get running(): boolean {
    return this.#started !== null;
  }

  /** The module, started. */
  async start(): Promise<Module> {
    this.#started ??= this.#module.default();
    try {
      await this.#started;
    } catch (error) {
      this.#started = null;
      throw error;
    }
    if (this.#trapped) {
      this.#trapped = false;
      this.#module.__wbg_reset_state();
    }
    return this.#module;
  }

  /** After a trap the instance's memory is not to be trusted: the next preview gets a new one. */
  drop(error: unknown): void {
    this.#trapped = true;
    const trap = error instanceof Error ? error : new Error(String(error));
    for (const end of [...this.#running]) end(trap);
  }

  /** Runs one preview; ends with the module's promise, with a trap, or when patience does. */
  async preview(
    page: PageContext,
    settings: Settings,
    tokens: Record<string, string>,
    paint: (view: PanelView) => void,
    signal: AbortSignal,
  ): Promise<boolean> {
    const module = await this.start();
    if (signal.aborted) return false;
    let end: ((trap: Error) => void) | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const cut = new Promise<never>((_, reject) => {
      end = reject;
      this.#running.add(reject);
      timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
    });
    try {
      return await Promise.race([module.preview(page, settings, tokens, paint, signal), cut]);
    } catch (error) {
      if (isTrap(error)) this.drop(error);
      throw error;
    } finally {
      clearTimeout(timer);
      if (end) this.#running.delete(end);
    }
  }
}
