import { ProbotOctokit } from 'probot';

type OctokitOptions = NonNullable<ConstructorParameters<typeof ProbotOctokit>[0]>;

export interface PlainOptions {
  /** `probot`: its own spacing of writes (a second apart, three where people are notified); `off`: for tests and figures. */
  readonly spacing: 'probot' | 'off';
  /** How long one call may take. */
  readonly timeoutMs: number;
}

/**
 * Probot's octokit without retries (a repeated POST makes two comments; limits are waited out by the queue, not inside
 * a call), with a deadline, and with app authentication that asks `baseUrl` for tokens: the `request` that probot hands
 * to it knows only api.github.com.
 */
export function plainOctokit({ spacing, timeoutMs }: PlainOptions): typeof ProbotOctokit {
  const never = (): boolean => false;
  const plain = (given: OctokitOptions): OctokitOptions => ({
    ...given,
    auth: Object.fromEntries(Object.entries(given.auth as object).filter(([name]) => name !== 'request')),
    retry: { enabled: false },
    throttle: {
      ...(given.throttle as object),
      enabled: spacing === 'probot',
      onRateLimit: never,
      onSecondaryRateLimit: never,
    },
    request: {
      ...given.request,
      fetch: (url: string, init: RequestInit) => fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) }),
    },
  });
  return ProbotOctokit.defaults<typeof ProbotOctokit>(plain);
}
