// Fleet as a process of its own, for tests that kill it; prints where it listens once it is ready.
import { loadConfig } from '../../src/config/load.js';
import { startFleet } from '../../src/main.js';

const loaded = loadConfig({ use: 'server' });
if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
const fleet = await startFleet(loaded.config, { role: 'all', listen: true, spacing: 'off' });
process.on('SIGTERM', () => void fleet.close().then(() => process.exit()));
process.send?.(fleet.address);
