// The content script on Bitbucket Data Center.

import { start } from './content';
import { bitbucketDataCenter } from './pages/bitbucket-data-center';

start(bitbucketDataCenter);
