// The content script on Forgejo.

import { start } from './content';
import { gitea } from './pages/gitea';

start(gitea('forgejo'));
