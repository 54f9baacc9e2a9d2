/** What somebody asked for in a comment. `unknown`: one word alone that is no command, which gets the help. */
export type Command =
  | {
      readonly name:
        'retry' | 'stop' | 'replan' | 'status' | 'approve' | 'plan' | 'update' | 'ci' | 'allow' | 'sentry' | 'help';
    }
  | { readonly name: 'agent'; readonly agent: string }
  | { readonly name: 'text'; readonly text: string }
  | { readonly name: 'unknown'; readonly word: string };

const plainCommands = [
  'retry',
  'stop',
  'replan',
  'status',
  'approve',
  'plan',
  'update',
  'ci',
  'allow',
  'sentry',
  'help',
] as const;

/**
 * Reads `/fleet …` at the start of a line, or a mention of `login`, out of a comment; undefined when there is none.
 * Quotes, code (fenced, indented or in backticks) and HTML comments give no commands: they repeat what others wrote.
 */
export function parseCommand(body: string, login?: string): Command | undefined {
  const visible = body
    .replaceAll('\r\n', '\n')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\1[^\n]*$|(?![\s\S]))/gm, '');
  for (const line of visible.split('\n')) {
    if (/^(?: {4}|\t| {0,3}>)/.test(line)) continue;
    const words = afterCall(line.trim(), login);
    if (words !== undefined) return fromWords(words);
  }
  return undefined;
}

function afterCall(line: string, login: string | undefined): string | undefined {
  for (const call of ['/fleet', ...(login === undefined ? [] : [`@${login}`])]) {
    if (!line.toLowerCase().startsWith(call.toLowerCase())) continue;
    const rest = line.slice(call.length);
    if (rest === '' || /^[\s:,]/.test(rest)) return rest.replace(/^[\s:,]+/, '').trim();
  }
  return undefined;
}

function fromWords(text: string): Command {
  const [first = '', ...rest] = text.split(/\s+/);
  if (first === '') return { name: 'help' };
  const name = plainCommands.find((command) => command === first);
  if (name !== undefined) return { name };
  if (first === 'agent' && rest[0] !== undefined) return { name: 'agent', agent: rest[0] };
  return rest.length === 0 ? { name: 'unknown', word: first } : { name: 'text', text };
}
