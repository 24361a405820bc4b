// The declaration that the extension is written against says of the core what the core's own glue says.

import type * as made from '../../build/wasm/core';
import type * as said from '../../extension/core';

type Exports = Exclude<keyof typeof said, 'default' | '__wbg_reset_state'>;

/** Every export that is said to be there is there, and can be called as it is said. */
export const agree = (core: Pick<typeof made, Exports>): Pick<typeof said, Exports> => core;
