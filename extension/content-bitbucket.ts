// The content script on Bitbucket.

import { start } from './content';
import { bitbucket } from './pages/bitbucket';

start(bitbucket);
