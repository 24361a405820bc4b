// The content script on GitHub.

import { start } from './content';
import { github } from './pages/github';

start(github);
