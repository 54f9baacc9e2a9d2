import { findProgram } from './find-program.js';
import { closeInheritedDescriptors } from './inherited-descriptors.js';
import type { NamespacePrograms } from './namespace.js';
import type { Containment } from './order.js';
import { runContained } from './run-contained.js';

export type { Containment } from './order.js';

/** Programs come from these folders only, never from an agent's PATH. */
const systemPath = '/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin';

/** Tries what this machine allows, best first. Called once at boot: it also closes descriptors that Fleet inherited. */
export async function findContainment(): Promise<Containment> {
  closeInheritedDescriptors();
  const mkfifo = findProgram('mkfifo', systemPath) ?? 'mkfifo';
  const programs = findNamespacePrograms();
  if (typeof programs === 'string') return guard(mkfifo, programs);
  for (const privileged of process.getuid?.() === 0 ? [true, false] : [false]) {
    const candidate = { kind: 'namespace', mkfifo, programs, privileged, holdsReadOnly: true } as const;
    if (await works(candidate)) return candidate;
  }
  return guard(mkfifo, 'the kernel does not let Fleet make process namespaces (unshare failed)');
}

function guard(mkfifo: string, because: string): Containment {
  return { kind: 'guard', mkfifo, because, holdsReadOnly: false };
}

function findNamespacePrograms(): NamespacePrograms | string {
  if (process.platform !== 'linux') return `${process.platform} has no process namespaces`;
  const [sh, mount, setpriv, unshare] = ['sh', 'mount', 'setpriv', 'unshare'].map((name) =>
    findProgram(name, systemPath),
  );
  if (sh === undefined || mount === undefined || setpriv === undefined || unshare === undefined) {
    return 'sh, mount, setpriv or unshare (package util-linux) is not installed';
  }
  return { sh, mount, setpriv, unshare };
}

/** Runs a program that does nothing, with a folder held read-only, so that every step is tried for real. */
async function works(containment: Containment & { kind: 'namespace' }): Promise<boolean> {
  const ended = await runContained(containment, {
    argv: [containment.programs.sh, '-c', 'test ! -w /tmp'],
    cwd: '/',
    env: {},
    readOnly: ['/tmp'],
    limits: { wallMs: 5000 },
    signal: new AbortController().signal,
    onStdout: () => undefined,
    onStderr: () => undefined,
  });
  return ended.how === 'exited' && ended.code === 0;
}
