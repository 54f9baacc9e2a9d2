// `fleet run` on a repository of its own, with these agents and nothing of the caller's.
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startModel } from '../../test/support/model/stand-in.mjs';
import { key } from './agents.mjs';
import { git, newFolder, newRepository } from './places.mjs';
import { survivorsWith } from './traces.mjs';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/**
 * Takes an issue through a run, and resolves to everything that can be seen of it; `close()` removes it.
 * `configuration(url)`: Fleet's, for a model at that address. Throws only when it cannot be started.
 */
export async function fleetRun({ programs, script, configuration, issue, files, limitMs }) {
  const folder = newFolder('run');
  const close = () => rmSync(folder, { recursive: true, force: true });
  const model = await startModel({ key, script });
  try {
    const place = prepare(folder, { issue, files, configuration: configuration(model.url) });
    const before = stateOf(place.repository);
    const fleet = await run(place, { programs, limitMs });
    const lines = fleet.stdout.split('\n').flatMap(parsed);
    return {
      ...{ fleet, lines, last: lines.at(-1) ?? {} },
      ...{ turns: model.turns, refused: model.refused, unexpected: model.unexpected },
      ...{ before, after: stateOf(place.repository) },
      homeEntries: readdirSync(place.home),
      survivors: survivorsWith(folder),
      git: (...args) => git(place.repository, ...args),
      close,
    };
  } catch (error) {
    close();
    throw error;
  } finally {
    await model.close();
  }
}

function prepare(folder, { issue, files, configuration }) {
  const place = {
    ...{ folder, repository: join(folder, 'sample'), home: join(folder, 'home'), dataFolder: join(folder, 'data') },
    ...{ config: join(folder, 'fleet.config.yml'), issue: join(folder, 'issue.md') },
  };
  mkdirSync(place.home);
  newRepository(place.repository, files);
  writeFileSync(place.issue, issue);
  // JSON is YAML, too.
  writeFileSync(place.config, JSON.stringify(configuration));
  return place;
}

function run({ folder, repository, home, dataFolder, config, issue }, { programs, limitMs }) {
  const path = [...programs, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  const env = { PATH: path, HOME: home, FLEET_CONFIG: config, FLEET_DATA_DIR: dataFolder, LOG_LEVEL: 'warn' };
  const args = [cli, 'run', '--repo', repository, '--issue', issue, '--json'];
  const options = { cwd: folder, env, timeout: limitMs, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? error.signal), stdout, stderr });
    });
  });
}

/** What the caller has of the repository: nothing of it may change. */
function stateOf(repository) {
  const questions = [
    ['status', '--porcelain'],
    ['rev-parse', 'HEAD'],
    ['branch', '--show-current'],
  ];
  return questions.map((question) => git(repository, ...question));
}

function parsed(line) {
  try {
    return [JSON.parse(line)];
  } catch {
    return []; // Not for machines.
  }
}
