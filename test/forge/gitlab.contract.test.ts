import { forgeContract } from './contract.js';
import { gitLabWorld } from './gitlab-world.js';

forgeContract('GitLab', gitLabWorld);
