import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { agents, type AgentsOptions } from './command/agents.js';
import { doctor } from './command/doctor.js';
import { gitLabConnect } from './command/gitlab-connect.js';
import { list } from './command/list.js';
import { log } from './command/log.js';
import { run } from './command/run.js';
import { schema, schemaNames } from './command/schema.js';
import { show } from './command/show.js';
import { start } from './command/start.js';
import { demo } from './command/demo.js';
import { drill } from './command/drill.js';
import { exit, exitOf } from './exit.js';
import { examples, exitCodes, type Keep } from './help.js';
import { addPeople } from './people-program.js';
import { harmless, painter } from './terminal.js';
import type { World } from './world.js';

/** Reads the arguments, runs the command, and gives the exit code. Never throws. */
export async function runCli(args: readonly string[], world: World): Promise<number> {
  let code: number = exit.done;
  const program = programOf(world, (command) => async (...rest) => {
    code = await command(...rest);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.wrongUse;
    world.terminal.err(`${painter(world.terminal)('red', 'fleet:')} ${errorText(world, error)}\n`);
    return exitOf(error);
  }
}

function errorText(world: World, error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const read = world.configure('command');
  const debug = 'config' in read && ['debug', 'trace'].includes(read.config.logLevel);
  return harmless(debug ? (error.stack ?? error.message) : error.message);
}

function programOf(world: World, keep: Keep): Command {
  const program = new Command('fleet')
    .description('A labelled issue becomes a checked merge request.')
    .version(world.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.terminal.out(text),
      writeErr: (text) => world.terminal.err(text),
      getOutHelpWidth: () => world.terminal.width,
      getErrHelpWidth: () => world.terminal.width,
    })
    .showHelpAfterError('(add --help for what can be given)')
    .addHelpText(
      'after',
      examples('npm run demo', 'fleet run --repo . --issue issue.md', 'fleet start', 'fleet doctor'),
    )
    .addHelpText('after', exitCodes);
  addServer(program, world, keep);
  addRun(program, world, keep);
  addRuns(program, world, keep);
  addPeople(program, world, keep);
  return program;
}

function addServer(program: Command, world: World, keep: Keep): void {
  program
    .command('start')
    .description('Run the server until Ctrl-C: webhooks, workers, or both.')
    .addOption(new Option('--role <role>', 'what this process does').choices(['all', 'web', 'worker']).default('all'))
    .addHelpText('after', examples('fleet start', 'DATABASE_URL=postgres://… fleet start --role web'))
    .action(keep((options: { role: 'all' | 'web' | 'worker' }) => start(world, options)));
  program
    .command('doctor')
    .description('Look at git, agents, sandbox, stores, forges and configuration, and say how to mend what is wrong.')
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', examples('fleet doctor', 'fleet doctor --json | grep -v \'"ok"\''))
    .action(keep((options: { json: boolean }) => doctor(world, options)));
  program
    .command('agents')
    .description('List the agents: version, login, model, account, and the limits that their accounts have run into.')
    .option('--json', 'one JSON object a line', false)
    .option('--ready <account>', 'say that an account can be used again, e.g. after its login')
    .addHelpText('after', examples('fleet agents', 'fleet agents --json', 'fleet agents --ready anthropic-team'))
    .action(keep((options: AgentsOptions) => agents(world, options)));
  program
    .command('gitlab')
    .description('Set up GitLab.')
    .command('connect')
    .description("Make a project's webhook and label, with a Maintainer's token that is not kept.")
    .argument('<project>', 'group/name, or its id')
    .addHelpText(
      'after',
      examples('fleet gitlab connect acme/shop < token.txt', 'GITLAB_CONNECT_TOKEN=… fleet gitlab connect acme/shop'),
    )
    .action(keep((project: string) => gitLabConnect(world, project)));
  program
    .command('schema')
    .description(`Print a JSON Schema: ${schemaNames.join(', ')}.`)
    .argument('<name>', 'which')
    .addHelpText('after', examples('fleet schema config > fleet.schema.json', 'fleet schema plan'))
    .action(keep((name: string) => schema(world, name)));
}

function addRun(program: Command, world: World, keep: Keep): void {
  program
    .command('run')
    .description(
      'Work on an issue of your own repository, until its merge request is open. Your checkout stays as it is.',
    )
    .requiredOption('--repo <path or URL>', 'the repository')
    .requiredOption(
      '--issue <file>',
      'Markdown: first heading or line is the title, the rest the body; - reads standard input',
    )
    .option('--base <branch>', "the target branch (default: the repository's own)")
    .option('--agent <name>', 'the one agent to use')
    .option('--push', 'push the branch to the URL, too', false)
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      examples(
        'fleet run --repo . --issue issue.md',
        'echo "slugify drops digits" | fleet run --repo ~/code/shop --issue - --agent claude',
      ),
    )
    .action(keep((options: Parameters<typeof run>[1]) => run(world, options)));
  program
    .command('demo')
    .description('Show the main job on a sample repository that is made for it, with a recorded agent or a real one.')
    .option('--agent <name>', 'a real agent instead of the recorded one')
    .option('--keep', 'keep what the demo makes, to look at', false)
    .addHelpText('after', examples('fleet demo', 'fleet demo --agent claude --keep'))
    .action(keep((options: Parameters<typeof demo>[1]) => demo(world, options)));
  program
    .command('drill')
    .description('Put scripted agents that lie, loop, hang and tamper through the real pipeline: does Fleet hold?')
    .argument('[names...]', 'which (default: all)')
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', examples('fleet drill', 'fleet drill weakens-test circle-3 --json'))
    .action(keep((names: readonly string[], options: Parameters<typeof drill>[2]) => drill(world, names, options)));
}

function addRuns(program: Command, world: World, keep: Keep): void {
  program
    .command('list')
    .description('List runs, newest first.')
    .option('--open', 'only those that have not ended', false)
    .option('--limit <number>', 'at most so many', wholeNumber, 20)
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', examples('fleet list', 'fleet list --open --json'))
    .action(keep((options: Parameters<typeof list>[1]) => list(world, options)));
  program
    .command('show')
    .description('Show a run: where it stands, its criteria with their evidence, its merge request.')
    .argument('<run>', 'its id, or enough of its start or end')
    .option('--diff', 'with what it changes', false)
    .option('--json', 'one JSON object', false)
    .addHelpText('after', examples('fleet show 3kq7', 'fleet show 3kq7 --diff'))
    .action(keep((id: string, options: Parameters<typeof show>[2]) => show(world, id, options)));
  program
    .command('log')
    .description("Print a run's journal.")
    .argument('<run>', 'its id, or enough of its start or end')
    .option('-f, --follow', 'go on until the run ends', false)
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', examples('fleet log 3kq7', 'fleet log 3kq7 --follow'))
    .action(keep((id: string, options: Parameters<typeof log>[2]) => log(world, id, options)));
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
}
