import { Failure, retryLater } from '../domain/failure.js';

/** Classes of SQLSTATE that mean "not now": connection, resources, a server that stops or starts; and single codes: serialization, deadlock, lock not available. */
const passingClasses = ['08', '53', '57'];
const passingCodes = ['40001', '40P01', '55P03'];
const uniqueViolation = '23505';

/** The `Failure` that an error of a database driver means; what is Fleet's own fault stays as it is. */
export function translated(error: unknown): Error {
  if (!(error instanceof Error))
    return new Error('the database driver threw something that is no error', { cause: error });
  if (error instanceof Failure || !isPassing(error)) return error;
  return retryLater(`the database does not answer as it should: ${error.message}`, undefined, error);
}

/** Which unique index or key was hit, if that is what the error says. */
export function violatedIndex(error: unknown): string | undefined {
  if (!(error instanceof Error) || field(error, 'code') !== uniqueViolation) return undefined;
  return field(error, 'constraint');
}

function isPassing(error: Error): boolean {
  const code = field(error, 'code') ?? '';
  if (/^[0-9A-Z]{5}$/.test(code)) return passingClasses.includes(code.slice(0, 2)) || passingCodes.includes(code);
  // Drivers report a connection that was refused, cut or closed as a plain error, at most with an errno.
  return error.constructor === Error || error instanceof AggregateError;
}

function field(error: Error, name: 'code' | 'constraint'): string | undefined {
  const value: unknown = name in error ? (error as Error & Record<typeof name, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
