// The content script on Azure DevOps.

import { start } from './content';
import { azure } from './pages/azure';

start(azure);
