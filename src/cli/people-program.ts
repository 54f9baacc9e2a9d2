import type { Command } from 'commander';
import { needsPerson } from '../domain/failure.js';
import { act, openIssue, type ActOptions } from './command/people.js';
import { examples, type Keep } from './help.js';
import type { World } from './world.js';

const threadHelp = 'issue or merge request, like shop#1';

/** What people do on the local forge. */
export function addPeople(program: Command, world: World, keep: Keep): void {
  person(program, 'issue', 'Open an issue on the local forge, and label it so that Fleet takes it up.')
    .argument('<repository>', 'path, URL, or name on the local forge')
    .argument('<file>', 'Markdown; - reads standard input')
    .option('--no-label', 'leave the label off')
    .addHelpText('after', examples('fleet issue . bug.md', 'echo "slugify drops digits" | fleet issue shop -'))
    .action(
      keep((repository: string, file: string, options: ActOptions & { label: boolean }) =>
        openIssue(world, { repository, file }, options),
      ),
    );
  addTalk(program, world, keep);
  addEnds(program, world, keep);
}

function addTalk(program: Command, world: World, keep: Keep): void {
  person(program, 'label', 'Put a label on an issue, or take it off.')
    .argument('<thread>', threadHelp)
    .argument('[label]', 'by default the one that starts a run')
    .option('--remove', 'take it off', false)
    .addHelpText('after', examples("fleet label 'shop#1'", "fleet label 'shop#1' --remove"))
    .action(
      keep((thread: string, label: string | undefined, options: ActOptions & { remove: boolean }) =>
        act(world, thread, { op: options.remove ? 'unlabel' : 'label', label }, options),
      ),
    );
  person(program, 'comment', 'Comment on an issue or merge request; a line that begins with /fleet is a command.')
    .argument('<thread>', threadHelp)
    .argument('<text>', 'what to say; - reads standard input')
    .addHelpText('after', examples("fleet comment 'shop#1' '/fleet stop'", "fleet comment 'shop#1' '/fleet retry'"))
    .action(
      keep(async (thread: string, text: string, options: ActOptions) =>
        act(world, thread, { op: 'comment', body: await textOf(world, text) }, options),
      ),
    );
  person(program, 'review', 'Review a merge request.')
    .argument('<thread>', threadHelp)
    .argument('[text]', 'what to say; - reads standard input', '')
    .option('--approve', 'accept it', false)
    .option('--request-changes', 'ask for changes', false)
    .addHelpText(
      'after',
      examples("fleet review 'shop#2' --approve", "fleet review 'shop#2' --request-changes 'Name it better.'"),
    )
    .action(
      keep(
        async (thread: string, text: string, options: ActOptions & { approve: boolean; requestChanges: boolean }) => {
          if (options.approve === options.requestChanges) throw wrongUse('Give either --approve or --request-changes.');
          const verdict = options.approve ? 'approve' : 'requestChanges';
          const body = (await textOf(world, text)) || (options.approve ? 'Approved.' : 'Changes are asked for.');
          return act(world, thread, { op: 'comment', body, verdict }, options);
        },
      ),
    );
}

function addEnds(program: Command, world: World, keep: Keep): void {
  person(program, 'merge', 'Merge a merge request of the local forge on disk, or record that you merged it.')
    .argument('<thread>', 'merge request, like shop#2')
    .addHelpText('after', examples("fleet merge 'shop#2'"))
    .action(keep((thread: string, options: ActOptions) => act(world, thread, { op: 'merge' }, options)));
  person(program, 'close', 'Close an issue, or a merge request without merging it.')
    .argument('<thread>', threadHelp)
    .addHelpText('after', examples("fleet close 'shop#1'"))
    .action(keep((thread: string, options: ActOptions) => act(world, thread, { op: 'close' }, options)));
}

function person(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--as <name>', 'as somebody without write access')
    .option('--json', 'one JSON object', false);
}

async function textOf(world: World, text: string): Promise<string> {
  return text === '-' ? (await world.readInput()).trim() : text;
}

function wrongUse(message: string): Error {
  return needsPerson('configurationBroken', [message]);
}
