/** The end of the attempt, in the words of Fleet's events; `limit`: what a `limited` event tells of it. */
export class Failed extends Error {
  constructor(kind, message, limit) {
    super(message);
    this.kind = kind;
    this.limit = limit;
  }
}

/** The attempt ends because of a limit of the account, or of the task's own size. */
export function limited(kind, message, resetsAtMs) {
  const reset = resetsAtMs === undefined ? {} : { resetsAt: new Date(resetsAtMs).toISOString() };
  return new Failed(kind === 'auth' ? 'auth' : 'limit', message, { kind, ...reset });
}
