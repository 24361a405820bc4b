// The content script on GitLab.

import { start } from './content';
import { gitlab } from './pages/gitlab';

start(gitlab);
