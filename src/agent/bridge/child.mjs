// What the bridges have in common: plain JavaScript, because they run from src and dist, each as a process of its own inside the
// containment of its agent.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Exit code of a bridge whose CLI does not speak the protocol; see dialect.ts. */
export const unsupported = 78;

/** Exit code of a bridge whose CLI could not be started, as a shell's; see dialect.ts. */
export const notStarted = 127;

/** Between SIGTERM and SIGKILL. */
const graceMs = 1500;

/**
 * Starts the CLI, whose end and the bridge's are one: `end(code)` ends it and then the bridge, and so does a signal; where it ends by
 * itself, `exitCode` says what the bridge ends with (`notStarted`, too). `stdio` and `env` as for spawn.
 */
export function startChild(argv, { stdio, env = process.env, exitCode }) {
  const [program, ...args] = argv.map(filled);
  const child = spawn(program, args, { stdio, env });
  let ending;
  const exit = new Promise((resolve) => {
    child.on('error', (error) => {
      process.stderr.write(`${whyNotStarted(program, error)}\n`);
      resolve(notStarted);
    });
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  }).then(async (code) => process.exit(ending ?? (await exitCode(code))));
  const end = (code) => {
    ending ??= code;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
    return exit;
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => end(128 + constants.signals[signal]));
  process.on('exit', () => child.kill('SIGKILL'));
  return { child, end };
}

/** In the words of src/process/run-contained.ts. */
export function whyNotStarted(program, error) {
  const isMissing = error.code === 'ENOENT';
  return isMissing ? `${program} is not an executable on PATH: install it` : `${program}: ${error.message}`;
}

/** An argument with `{env:NAME}` replaced by the variable as a string of TOML, so that a dialect need not know it. */
function filled(argument) {
  return argument.replace(/\{env:(\w+)\}/g, (_, name) => JSON.stringify(process.env[name] ?? ''));
}

/** Calls back with each line of a stream; not with node:readline, which also cuts at U+2028, as JSON may hold it. */
export function onLines(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    lines.forEach(onLine);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

/** The text of a stream until its end. */
export async function textOf(stream) {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += chunk;
  return text;
}

/** A line as an object; undefined for anything else. */
export function parseLine(line) {
  try {
    const value = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // A warning of the CLI, or a line that was cut.
  }
}
