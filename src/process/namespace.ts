import { readFileSync } from 'node:fs';

/** Absolute paths of what namespaces are made with. */
export interface NamespacePrograms {
  readonly sh: string;
  readonly mount: string;
  readonly setpriv: string;
  readonly unshare: string;
}

// Died Fleet before setpriv had asked for its death signal, then the parent is another one.
const startUnlessOrphaned = 'test "$PPID" = "$0" && exec "$@"';

/**
 * The first process of the namespace: mounts, starts the program, and takes everything with it when the program has ended.
 * A program that was itself the first process would get no SIGTERM and would have to wait for orphans.
 * Without noexec and its kin the kernel refuses the mount in a user namespace when the folder's file system has them.
 * PWD is the shell's own addition to the environment.
 */
const firstProcess = `
setpriv=$1; count=$2; shift 2
while [ "$count" -gt 0 ]; do
  "$0" -o bind,ro,nosuid,nodev,noexec "$1" "$1" || exit 125
  shift; count=$((count - 1))
done
(unset PWD OLDPWD; exec "$setpriv" --ambient-caps=-all --inh-caps=-all --bounding-set=-sys_admin "$@")
exit $?`;

/** argv that runs `argv` in namespaces of its own. Without CAP_SYS_ADMIN the program cannot undo the mounts. */
export function inNamespace(
  { programs, privileged }: { readonly programs: NamespacePrograms; readonly privileged: boolean },
  order: { readonly argv: readonly string[]; readonly readOnly: readonly string[] },
): readonly [string, ...string[]] {
  const { sh, mount, setpriv, unshare } = programs;
  return [
    ...([setpriv, '--pdeathsig', 'KILL', sh, '-c', startUnlessOrphaned, String(process.pid)] as const),
    ...[unshare, ...(privileged ? [] : ['--user', '--map-current-user', '--keep-caps'])],
    ...['--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc', sh, '-c', firstProcess],
    ...[mount, setpriv, String(order.readOnly.length), ...order.readOnly, ...order.argv],
  ];
}

/**
 * Kills the first process of the namespace that process `unshare` made. `unshare` ends after it, and the first process
 * only once all others are gone: so the end of `unshare` proves the end of all.
 */
export function killNamespace(unshare: number): void {
  const [first] = childrenOf(unshare);
  // Not forked yet, or the kernel hides children: then nothing but the group is known.
  signal(first ?? -unshare, 'SIGKILL');
}

/** Sends a signal; a process that is gone already has what was wanted. */
export function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    // It ended, or the kernel was built without this file.
    return [];
  }
}
