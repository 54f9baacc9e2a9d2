import type { Config } from '../config/config.js';
import { problemLine } from '../config/problem.js';
import { connectControl } from '../control/socket.js';
import type { Control } from '../control/request.js';
import { needsPerson } from '../domain/failure.js';
import type { StartOptions } from './fleet-port.js';
import type { World } from './world.js';

/** A Fleet to talk to. */
export interface Reached {
  readonly control: Control;
  /** `server`: one that runs already; `here`: in this process, until `leave`. */
  readonly where: 'server' | 'here';
  readonly dataFolder: string;
  leave(): Promise<void>;
}

/** The configuration, or a `Failure` that names every problem. */
export function configOf(world: World, use: 'server' | 'command'): Config {
  const read = world.configure(use);
  if ('config' in read) return read.config;
  throw needsPerson('configurationBroken', [
    ['The configuration has problems:', ...read.problems.map((problem) => `  ${problemLine(problem)}`)].join('\n'),
  ]);
}

/** The Fleet that runs, else one in this process. A server that was started in the current folder keeps its data in `./data`. */
export async function reach(world: World, options: Omit<StartOptions, 'listen'>): Promise<Reached> {
  const config = configOf(world, 'command');
  const server = world.configure('server');
  const folders = [config.dataFolder, ...('config' in server ? [server.config.dataFolder] : [])];
  for (const dataFolder of new Set(folders)) {
    const control = await connectControl(dataFolder);
    if (control !== undefined) return { control, where: 'server', dataFolder, leave: async () => Promise.resolve() };
  }
  return startHere(world, config, { ...options, listen: false });
}

/** A Fleet in this process that keeps to itself. */
export async function startHere(world: World, config: Config, options: StartOptions): Promise<Reached> {
  const { startFleet } = await world.main();
  // A command's answer is for people: the usual lines of a server's log would stand between it.
  const quiet = config.logLevel === 'info' ? { ...config, logLevel: 'error' as const } : config;
  const fleet = await startFleet(quiet, options);
  return { control: fleet.control, where: 'here', dataFolder: config.dataFolder, leave: () => fleet.close() };
}

/** Runs `use` with a Fleet, and leaves it whatever happens. */
export async function withFleet<T>(
  world: World,
  options: Omit<StartOptions, 'listen'>,
  use: (fleet: Reached) => Promise<T>,
): Promise<T> {
  const fleet = await reach(world, options);
  try {
    return await use(fleet);
  } finally {
    await fleet.leave();
  }
}
