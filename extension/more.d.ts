// What the module that holds every tool offers (`./more.js`): the base module's exports, and the playground's.
import type { PanelView } from '../build/wire/PanelView';
import type { PlaygroundCase } from '../build/wire/PlaygroundCase';

export { __wbg_reset_state, default, forget, locate, preview } from './core';

/** The release tools to choose from, the most used first. */
export function tools(): { id: string; name: string }[];

/** The forges that are known. */
export function forges(): { id: string; name: string; origin: string }[];

/** Previews a case written by hand; undefined where the next module has to do it. */
export function playground(c: PlaygroundCase): PanelView | undefined;
