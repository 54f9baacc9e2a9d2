import { randomUUID } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** How often the holder touches its file, and how old that may get before a holder whose process cannot be seen counts as dead. */
const touchEveryMs = 5_000;
const silentForMs = 30_000;

/** Another process holds the folder; the message names it and says what to do. */
export class FolderLocked extends Error {
  readonly pid: number;

  constructor(folder: string, holder: Holder) {
    const who = holder.place === place() ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;
    super(
      `${folder} is in use by another Fleet (${who}): stop it, or give this one a folder of its own with FLEET_DATA_DIR. ` +
        `After the crash of a Fleet on another machine or in another container, wait ${silentForMs / 1000} s.`,
    );
    this.name = 'FolderLocked';
    this.pid = holder.pid;
  }
}

export interface FolderLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** Tells the process from a later one with the same pid. */
  readonly started: string;
  /** Within one place pids can be compared. */
  readonly place: string;
  readonly host: string;
}

/**
 * Makes this process the only one that uses the folder, or throws `FolderLocked`. Two processes on one PGlite folder lose data without a word.
 *
 * The lock is the file with the highest number in `lock/`; it is free when it is empty or its process is dead. Whoever creates the next
 * number has the lock, and since numbers are never used again, two that found the same dead holder cannot both have it.
 */
export function lockFolder(folder: string): FolderLock {
  const locks = join(folder, 'lock');
  mkdirSync(locks, { recursive: true });
  const me: Holder = { pid: process.pid, started: startOf(process.pid) ?? '', place: place(), host: hostname() };
  const written = join(locks, `${randomUUID()}.new`);
  writeFileSync(written, JSON.stringify(me));
  try {
    for (;;) {
      const last = highest(locks);
      const holder = livingHolder(join(locks, String(last)));
      if (holder !== undefined) throw new FolderLocked(folder, holder);
      if (take(locks, last + 1, written)) return held(join(locks, String(last + 1)));
    }
  } finally {
    rmSync(written);
  }
}

/** Links rather than creates: the file appears with its content or not at all. False when somebody was faster. */
function take(locks: string, number: number, written: string): boolean {
  const file = join(locks, String(number));
  try {
    linkSync(written, file);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
  if (highest(locks) > number) {
    // The number was used and removed since we looked.
    rmSync(file);
    return false;
  }
  for (const older of numbers(locks).filter((each) => each < number))
    rmSync(join(locks, String(older)), { force: true });
  return true;
}

function held(file: string): FolderLock {
  const timer = setInterval(() => {
    const now = new Date();
    if (existsSync(file)) utimesSync(file, now, now);
  }, touchEveryMs);
  timer.unref();
  return {
    release: () => {
      clearInterval(timer);
      if (existsSync(file)) truncateSync(file);
    },
  };
}

function numbers(locks: string): readonly number[] {
  return readdirSync(locks)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function highest(locks: string): number {
  return Math.max(0, ...numbers(locks));
}

function livingHolder(file: string): Holder | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    if (text === '') return undefined;
    const holder = JSON.parse(text) as Holder;
    const isAlive =
      holder.place === place()
        ? startOf(holder.pid) === holder.started
        : Date.now() - statSync(file).mtimeMs < silentForMs;
    return isAlive ? holder : undefined;
  } catch (error) {
    // There was no holder yet, or a later one has removed the file: the next look tells.
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** When the process started, in a form to be compared only; undefined when it does not run, or is dead and not yet reaped. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') {
      process.kill(pid, 0);
      return 'running';
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch (error) {
    if (isErrno(error, 'EPERM')) return 'running';
    if (isErrno(error, 'ESRCH') || isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function place(): string {
  if (process.platform !== 'linux') return hostname();
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
