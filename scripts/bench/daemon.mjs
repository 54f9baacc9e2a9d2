// One Fleet in a process of its own, from the build. It differs from `fleet start` in one thing: writes to GitHub are not spaced.
import { loadConfig } from '../../dist/config/load.js';
import { startFleet } from '../../dist/main.js';

const loaded = loadConfig({ use: 'server' });
if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
const fleet = await startFleet(loaded.config, { role: 'all', listen: true, spacing: 'off' });
process.once('SIGTERM', () => void fleet.close());
