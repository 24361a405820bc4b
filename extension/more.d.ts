// What the module that holds every tool offers (`./more.js`): the base module's exports, and the playground's.
import type { PanelView } from '../build/wire/PanelView';
import type { PlaygroundCase } from '../build/wire/PlaygroundCase';

export { __wbg_reset_state, default, forges, forget, locate, preview, tools } from './core';

/** Previews a case written by hand. */
export function playground(c: PlaygroundCase): PanelView;
