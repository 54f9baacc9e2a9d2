import { forgeContract } from './contract.js';
import { gitHubWorld } from './github-world.js';

forgeContract('GitHub', gitHubWorld);
