import type { Command } from 'commander';
import { needsPerson } from '../domain/failure.js';
import { act, openIssue, type ActOptions } from './command/people.js';
import { threads } from './command/threads.js';
import { examples, type Keep } from './help.js';
import { readRemarks } from './remarks.js';
import type { World } from './world.js';

const threadHelp = 'issue or merge request, like shop#1';
const mergeRequestHelp = 'like shop#2';
const threadIdHelp = "the thread's id, or enough of its start or end";

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
  addReview(program, world, keep);
  addThreads(program, world, keep);
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
}

interface ReviewOptions extends ActOptions {
  readonly approve: boolean;
  readonly requestChanges: boolean;
  readonly on?: readonly string[];
  readonly suggest?: readonly string[];
}

function addReview(program: Command, world: World, keep: Keep): void {
  person(
    program,
    'review',
    'Review a merge request as a whole, line by line, or both; without a verdict it only comments.',
  )
    .argument('<merge request>', mergeRequestHelp)
    .argument('[text]', 'what to say of the whole; - reads standard input', '')
    .option('--approve', 'accept it', false)
    .option('--request-changes', 'ask for changes', false)
    .option("--on <'path:line: text'>", 'say something at a line, or at lines like 4-6; may be repeated', each)
    .option("--suggest <'path:line: text'>", 'what the lines shall become; may be repeated', each)
    .addHelpText(
      'after',
      examples(
        "fleet review 'shop#2' --approve",
        "fleet review 'shop#2' --request-changes --on 'src/price.js:4: Name this number.'",
        "fleet review 'shop#2' --suggest 'src/price.js:4:   return cents / PER_DOLLAR;'",
        "fleet review 'shop#2' --on 'src/price.js:-2: Why is this line gone?'",
      ),
    )
    .action(
      keep(async (thread: string, text: string, options: ReviewOptions) => {
        const { approve, requestChanges } = options;
        if (approve && requestChanges) throw wrongUse('Give either --approve or --request-changes.');
        const remarks = readRemarks(options);
        const body = await textOf(world, text);
        const verdict = approve ? 'approve' : requestChanges ? 'requestChanges' : undefined;
        return act(world, thread, { op: 'review', body, verdict, remarks }, options);
      }),
    );
}

function addThreads(program: Command, world: World, keep: Keep): void {
  program
    .command('threads')
    .description("Show what was said about a merge request, with Fleet's answers.")
    .argument('<merge request>', mergeRequestHelp)
    .option('--json', 'one JSON object', false)
    .addHelpText('after', examples("fleet threads 'shop#2'"))
    .action(keep((name: string, options: { json: boolean }) => threads(world, name, options)));
  person(program, 'reply', 'Answer in a thread of a merge request.')
    .argument('<merge request>', mergeRequestHelp)
    .argument('<id>', threadIdHelp)
    .argument('<text>', 'what to say; - reads standard input')
    .addHelpText('after', examples("fleet reply 'shop#2' 3kq7 'What about refunds?'"))
    .action(
      keep(async (name: string, thread: string, text: string, options: ActOptions) =>
        act(world, name, { op: 'reply', thread, body: await textOf(world, text) }, options),
      ),
    );
  person(program, 'resolve', 'Resolve a thread of a merge request, or open it again.')
    .argument('<merge request>', mergeRequestHelp)
    .argument('<id>', threadIdHelp)
    .option('--undo', 'open it again', false)
    .addHelpText('after', examples("fleet resolve 'shop#2' 3kq7", "fleet resolve 'shop#2' 3kq7 --undo"))
    .action(
      keep((name: string, thread: string, options: ActOptions & { undo: boolean }) =>
        act(world, name, { op: 'resolve', thread, isResolved: !options.undo }, options),
      ),
    );
}

function addEnds(program: Command, world: World, keep: Keep): void {
  person(program, 'merge', 'Merge a merge request of the local forge on disk, or record that you merged it.')
    .argument('<merge request>', mergeRequestHelp)
    .addHelpText('after', examples("fleet merge 'shop#2'"))
    .action(keep((thread: string, options: ActOptions) => act(world, thread, { op: 'merge' }, options)));
  person(program, 'close', 'Close an issue, or a merge request without merging it.')
    .argument('<thread>', threadHelp)
    .addHelpText('after', examples("fleet close 'shop#1'"))
    .action(keep((thread: string, options: ActOptions) => act(world, thread, { op: 'close' }, options)));
  person(program, 'reopen', 'Open a closed merge request again.')
    .argument('<merge request>', mergeRequestHelp)
    .addHelpText('after', examples("fleet reopen 'shop#2'"))
    .action(keep((thread: string, options: ActOptions) => act(world, thread, { op: 'reopen' }, options)));
}

function person(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--as <name>', 'as somebody without write access')
    .option('--json', 'one JSON object', false);
}

function each(given: string, before: readonly string[] = []): readonly string[] {
  return [...before, given];
}

async function textOf(world: World, text: string): Promise<string> {
  return text === '-' ? (await world.readInput()).trim() : text;
}

function wrongUse(message: string): Error {
  return needsPerson('configurationBroken', [message]);
}
