// The content script on Gitea.

import { start } from './content';
import { gitea } from './pages/gitea';

start(gitea('gitea'));
