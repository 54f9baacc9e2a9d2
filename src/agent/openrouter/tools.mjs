import { edit, read, write } from './files.mjs';
import { Refused } from './places.mjs';
import { run } from './run.mjs';
import { search } from './search.mjs';

const text = (description) => ({ type: 'string', description });
const whole = (description) => ({ type: 'integer', minimum: 1, description });

const tools = [
  {
    ...{ name: 'read', call: read, required: ['path'] },
    description: 'Read a text file with line numbers, or list a folder.',
    properties: { path: text('File or folder'), offset: whole('First line'), limit: whole('How many lines') },
  },
  {
    ...{ name: 'search', call: search, required: ['regex'] },
    description: 'Find lines that match a JavaScript regular expression, in all text files below a folder.',
    properties: { regex: text('Without slashes'), path: text('File or folder; default: the worktree') },
  },
  {
    ...{ name: 'edit', call: edit, required: ['path', 'old', 'new'] },
    description: 'Replace a text that stands in the file exactly once.',
    properties: { path: text('File'), old: text('What is there, exactly'), new: text('What is to be there') },
  },
  {
    ...{ name: 'write', call: write, required: ['path', 'text'] },
    description: 'Write a whole file; its folders are made.',
    properties: { path: text('File'), text: text('All of it') },
  },
  {
    ...{ name: 'run', call: run, required: ['command'] },
    description: 'Run a shell command in the worktree; gives its exit code and the end of its output.',
    properties: { command: text('For sh -c'), seconds: whole('Time limit; default 120, at most 240') },
  },
];

/** The tools as a request offers them. */
export const toolDefinitions = tools.map(({ name, description, properties, required }) => ({
  type: 'function',
  function: { name, description, parameters: { type: 'object', properties, required, additionalProperties: false } },
}));

/** Does what the model asks; `{ text, changed }`. What cannot be done is told as the result. */
export async function callTool({ name, input }) {
  try {
    const tool = tools.find((each) => each.name === name);
    if (tool === undefined)
      throw new Refused(`there is no tool ${name}: there are ${tools.map((each) => each.name).join(', ')}`);
    if (typeof input === 'string') throw new Refused('the arguments are not a JSON object');
    for (const [key, { type }] of Object.entries(tool.properties)) mustFit(tool, key, { type, value: input[key] });
    return { changed: false, ...(await tool.call(input)) };
  } catch (error) {
    // Errors of the file system are the model's to read as well.
    if (!(error instanceof Refused) && error.code === undefined) throw error;
    return { changed: false, text: `error: ${error.message}` };
  }
}

function mustFit({ required }, key, { type, value }) {
  if (value === undefined || value === null) {
    if (required.includes(key)) throw new Refused(`${key} is missing`);
    return;
  }
  const fits = type === 'string' ? typeof value === 'string' : Number.isInteger(value) && value > 0;
  if (!fits) throw new Refused(`${key} must be ${type === 'string' ? 'text' : 'a whole number from 1'}`);
}
